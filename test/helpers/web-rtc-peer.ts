import { createHash, X509Certificate } from 'node:crypto'
import {
  CipherContext,
  DtlsClient,
  HashAlgorithm,
  NamedCurveAlgorithm,
  RtpHeader,
  SignatureAlgorithm,
  SrtcpSession,
  SrtpSession,
} from 'werift'
import { IcePeer, type IceTarget } from './ice-peer.ts'
import { until } from './until.ts'

/** Milliseconds until a check that was not answered is made again: on the way there are others. */
const CHECK_MS = 250

const made = CipherContext.createSelfSignedCertificateWithKey(
  { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
  NamedCurveAlgorithm.secp256r1_23,
)

/** `AA:BB:…` of the certificate that all of these peers have. */
export const peerFingerprint = async (): Promise<string> => {
  const { certPem } = await made
  const digest = createHash('sha256').update(new X509Certificate(certPem).raw).digest('hex').toUpperCase()
  return digest.match(/../g)!.join(':')
}

/** A browser’s side of a session: checks, handshake, and what is protected by its keys. */
export class WebRtcPeer implements Disposable {
  readonly ice: IcePeer
  /** Opened packets: RTP and RTCP. */
  readonly rtp: Buffer[] = []
  readonly rtcp: Buffer[] = []
  /** The other side said goodbye. */
  closed = false
  readonly #dtls: DtlsClient
  /** What came before our own end of the handshake was over. */
  readonly #early: Buffer[] = []
  #srtp: SrtpSession | undefined
  #srtcp: SrtcpSession | undefined

  private constructor(ice: IcePeer, dtls: DtlsClient) {
    this.ice = ice
    this.#dtls = dtls
  }

  /** Chooses this way to the target, and shakes hands. */
  static async connect(port: number, target: IceTarget, protocol: 'udp' | 'tcp' = 'udp'): Promise<WebRtcPeer> {
    const ice = await IcePeer[protocol](port)
    ice.check(target)
    const again = setInterval(() => ice.check(target), CHECK_MS)
    await until('the way to be answered', () => ice.mapped.length > 0).finally(() => clearInterval(again))
    const { certPem, keyPem, signatureHash } = await made
    const transport = {
      type: 'udp',
      address: { address: '', family: 'IPv4', port: 0 },
      closed: false,
      onData: (_bytes: Buffer) => {},
      send: async (bytes: Buffer) => ice.send(bytes),
      close: async () => {},
    }
    const dtls = new DtlsClient({
      transport,
      ...{ cert: certPem, key: keyPem, signatureHash, srtpProfiles: [1], extendedMasterSecret: true },
    })
    const peer = new WebRtcPeer(ice, dtls)
    dtls.onClose.subscribe(() => {
      peer.closed = true
    })
    ice.onData = bytes => {
      if (bytes[0]! >= 128) peer.#open(bytes)
      else peer.#shake(() => transport.onData(bytes))
    }
    let connected = false
    dtls.onConnect.once(() => {
      connected = true
    })
    // It complains of each message that comes twice, as messages may.
    await dtls.connect()
    await until('the end of the handshake', () => connected)
    const keys = dtls.extractSessionKeys(16, 14)
    const config = {
      keys: {
        ...{ localMasterKey: keys.localKey, localMasterSalt: keys.localSalt },
        ...{ remoteMasterKey: keys.remoteKey, remoteMasterSalt: keys.remoteSalt },
      },
      profile: 1,
    }
    peer.#srtp = new SrtpSession(config)
    peer.#srtcp = new SrtcpSession(config)
    for (const bytes of peer.#early.splice(0)) peer.#open(bytes)
    return peer
  }

  /** What of a handshake comes twice throws; what is not answered is sent again. */
  #shake(take: () => void): void {
    try {
      take()
    } catch {}
  }

  #open(bytes: Buffer): void {
    if (this.#srtp === undefined || this.#srtcp === undefined) {
      this.#early.push(bytes)
      return
    }
    const isRtcp = bytes[1]! >= 192 && bytes[1]! <= 223
    if (isRtcp) this.rtcp.push(this.#srtcp.decrypt(bytes))
    else this.rtp.push(this.#srtp.decrypt(bytes))
  }

  /** Protects and sends an RTP packet. */
  sendRtp(header: Partial<RtpHeader>, payload: Buffer): void {
    this.ice.send(this.protectRtp(header, payload))
  }

  /** An RTP packet as it would leave. */
  protectRtp(header: Partial<RtpHeader>, payload: Buffer): Buffer {
    return this.#srtp!.encrypt(payload, new RtpHeader(header))
  }

  /** Protects and sends a compound RTCP packet. */
  sendRtcp(bytes: Buffer): void {
    this.ice.send(this.#srtcp!.encrypt(bytes))
  }

  /** A compound RTCP packet as it would leave. */
  protectRtcp(bytes: Buffer): Buffer {
    return this.#srtcp!.encrypt(bytes)
  }

  /** Sends what goes inside the handshake's own protection. */
  async sendData(bytes: Buffer): Promise<void> {
    await this.#dtls.send(bytes)
  }

  [Symbol.dispose](): void {
    this.#dtls.close()
    this.ice[Symbol.dispose]()
  }
}
