import { createHash } from 'node:crypto'
import { DtlsClient, DtlsServer, RTCDtlsTransport, SrtcpSession, SrtpSession } from 'werift'
import type { Clock } from '../../runtime/clock.ts'
import { describeError, LimitError, MalformedError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { type DtlsRecord, HandshakePieces, recordsOf, recordTypes } from './dtls-records.ts'
import type { IceSession } from './ice-session.ts'
import { SrtcpReplay } from './srtcp-replay.ts'
import type { SrtpKeys } from './srtp-counter.ts'
import { SrtpReceiver } from './srtp-receiver.ts'

/** SRTP_AES128_CM_HMAC_SHA1_80 (RFC 5764 §4.1.2): what all browsers have, and the cheapest of what we have. */
const PROFILE = 1
const KEY_BYTES = 16
const SALT_BYTES = 14
/** Bytes of a peer before the handshake is over: real ones send three to five thousand. */
const HANDSHAKE_BYTES_MAX = 64 * 1024
/** Milliseconds from the answer to a finished handshake. */
const HANDSHAKE_MS_MAX = 15_000
/** First bytes that are DTLS, and those that are RTP or RTCP (RFC 7983 §7). */
const DTLS_FIRST = 20
const DTLS_LAST = 63
const MEDIA_FIRST = 128
const MEDIA_LAST = 191
/** RFC 5246 §7.2: level and description. */
const ALERT_BYTES = 2
const FATAL = 2
const CLOSE_NOTIFY = 0
const DTLS_1_2 = 0xfefd
const RECORD_HEAD_BYTES = 13
/** RTCP's packet types where RTP has its marker and payload type (RFC 5761 §4). */
const RTCP_FIRST = 192
const RTCP_LAST = 223

/** What a peer's certificate is known by: `a=fingerprint` (RFC 8122 §5). */
export interface Fingerprint {
  /** `sha-256`, in lower case. */
  readonly algorithm: string
  /** Upper case, with colons. */
  readonly value: string
}

const handshakeLate: CloseReason = {
  code: 'handshake_timeout',
  message: 'the browser did not connect within 15 s: no way to it, or it gave up',
}

/** Our certificate, made at the first call and kept for the process; its fingerprint goes into each answer. */
export const localFingerprint = async (): Promise<Fingerprint> => {
  const [fingerprint] = (await RTCDtlsTransport.SetupCertificate()).getFingerprints()
  return { algorithm: fingerprint!.algorithm, value: fingerprint!.value.toUpperCase() }
}

/** What flows once the handshake is over. */
export interface ProtectedMedia {
  /** Of what we send. */
  readonly keys: SrtpKeys
  /** Protects a compound RTCP packet. */
  protectRtcp(bytes: Buffer): Buffer
}

/** How a session is made. */
export interface DtlsSessionOptions {
  readonly ice: IceSession
  readonly clock: Clock
  /** The peer's, as its description says; one of them must fit. */
  readonly fingerprints: readonly Fingerprint[]
  /** Who begins the handshake: the client. */
  readonly role: 'server' | 'client'
  readonly onRtp: (bytes: Buffer) => void
  readonly onRtcp: (bytes: Buffer) => void
  /** Gets what the peer sends inside the handshake's own protection: data channels. */
  readonly onData?: (bytes: Buffer) => void
}

/** The keys of one peer: a DTLS handshake (RFC 5764), and what is protected with its outcome. */
export class DtlsSession implements Closeable {
  readonly #options: DtlsSessionOptions
  readonly #lifetime = new Lifetime()
  readonly #connected = Promise.withResolvers<ProtectedMedia>()
  #dtls: DtlsServer | DtlsClient | undefined
  #srtp: SrtpReceiver | undefined
  #srtcp: SrtcpSession | undefined
  #receive: ((bytes: Buffer) => void) | undefined
  readonly #replay = new SrtcpReplay()
  readonly #pieces = new HandshakePieces()
  #handshakeBytes = 0
  #lastBytes = 0
  #problem: string | undefined
  #begun = false

  private constructor(options: DtlsSessionOptions) {
    this.#options = options
    this.#connected.promise.catch(() => {})
    const { ice, clock } = options
    ice.onData = bytes => this.#take(bytes)
    const late = clock.after(millis(HANDSHAKE_MS_MAX), () => this.close(this.#lateness()))
    void this.#connected.promise.finally(() => late[Symbol.dispose]()).catch(() => {})
    void ice.closed.then(reason => this.close(reason))
    this.#lifetime.defer(() => {
      late[Symbol.dispose]()
      this.#sayGoodbye()
    })
  }

  /** A message that made no sense may have been broken, or anybody's: it is the reason only if no better one came. */
  #lateness(): CloseReason {
    return this.#problem === undefined ? handshakeLate : { code: 'handshake_failed', message: this.#problem }
  }

  /** A server waits for the peer to begin, a client for `begin`. */
  static async open(options: DtlsSessionOptions): Promise<DtlsSession> {
    const { certPem, privateKey, signatureHash } = await RTCDtlsTransport.SetupCertificate()
    const session = new DtlsSession(options)
    const { ice } = options
    const transport = {
      type: 'udp',
      address: { address: '', family: 'IPv4', port: 0 },
      closed: false,
      onData: (_bytes: Buffer) => {},
      send: async (bytes: Buffer) => void ice.send([bytes]),
      close: async () => {},
    }
    const Dtls = options.role === 'server' ? DtlsServer : DtlsClient
    const dtls = new Dtls({
      transport,
      ...{ cert: certPem, key: privateKey, signatureHash, srtpProfiles: [PROFILE] },
      ...{ extendedMasterSecret: true, certificateRequest: true },
    })
    session.#dtls = dtls
    session.#receive = bytes => transport.onData(bytes)
    dtls.onConnect.once(() => session.#begin(dtls))
    dtls.onError.subscribe(error => {
      session.#problem = error.message
    })
    dtls.onData.subscribe(bytes => session.#takeData(bytes))
    return session
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /** The way to send, when the handshake is over; rejects when the session ends before. */
  get connected(): Promise<ProtectedMedia> {
    return this.#connected.promise
  }

  /** Sends what goes inside the handshake's own protection. */
  sendData(bytes: Buffer): void {
    if (this.#srtp !== undefined && !this.#lifetime.ended) void this.#dtls?.send(bytes).catch(() => {})
  }

  /** There is a way to the peer: a client begins, once. */
  async begin(): Promise<void> {
    const dtls = this.#dtls
    if (!(dtls instanceof DtlsClient) || this.#begun || this.#lifetime.ended) return
    this.#begun = true
    try {
      await dtls.connect()
    } catch (error) {
      this.close({ code: 'handshake_failed', message: describeError(error).message })
    }
  }

  #takeData(bytes: Buffer): void {
    try {
      this.#options.onData?.(bytes)
    } catch (error) {
      this.close(describeError(error))
    }
  }

  #begin(dtls: DtlsServer | DtlsClient): void {
    const certificate = dtls.remoteCertificate
    if (certificate === undefined || !this.#isExpected(certificate)) {
      this.close({ code: 'wrong_certificate', message: 'the peer has another certificate than its offer says' })
      return
    }
    const keys = dtls.extractSessionKeys(KEY_BYTES, SALT_BYTES)
    const config = {
      keys: {
        ...{ localMasterKey: keys.localKey, localMasterSalt: keys.localSalt },
        ...{ remoteMasterKey: keys.remoteKey, remoteMasterSalt: keys.remoteSalt },
      },
      profile: PROFILE,
    }
    const srtcp = new SrtcpSession(config)
    this.#srtcp = srtcp
    const { localContext, remoteContext } = new SrtpSession(config)
    this.#srtp = new SrtpReceiver(keysOf(remoteContext))
    this.#connected.resolve({ keys: keysOf(localContext), protectRtcp: bytes => srtcp.encrypt(bytes) })
  }

  #isExpected(certificate: Buffer): boolean {
    return this.#options.fingerprints.some(({ algorithm, value }) => {
      if (algorithm !== 'sha-256' && algorithm !== 'sha-384' && algorithm !== 'sha-512') return false
      const digest = createHash(algorithm.replace('-', '')).update(certificate).digest('hex').toUpperCase()
      return digest === value.replaceAll(':', '').toUpperCase()
    })
  }

  #take(bytes: Buffer): void {
    const first = bytes[0] ?? 0
    if (first >= DTLS_FIRST && first <= DTLS_LAST) this.#takeDtls(bytes)
    else if (first >= MEDIA_FIRST && first <= MEDIA_LAST && bytes.length >= 12) this.#takeMedia(bytes)
  }

  #takeDtls(bytes: Buffer): void {
    if (this.#srtp === undefined) this.#count(bytes.length)
    for (const record of recordsOf(bytes)) {
      if (this.#lifetime.ended) return
      if (record.type === recordTypes.ALERT) this.#hearAlert(record)
      else if (record.type !== recordTypes.HANDSHAKE) this.#give(record.bytes)
      else if (record.epoch !== 0) this.#takeLast(record)
      // Whoever is connected has nothing more to say without protection: anybody could have written it.
      else if (this.#srtp === undefined) for (const whole of this.#pieces.take(record)) this.#give(whole)
    }
  }

  #count(byteCount: number): void {
    this.#handshakeBytes += byteCount
    if (this.#handshakeBytes > HANDSHAKE_BYTES_MAX)
      this.close({ code: 'handshake_failed', message: 'the peer sends more than a handshake has' })
  }

  /** Its last words: they come again where ours were lost, and are kept in pieces by who reads them. */
  #takeLast(record: DtlsRecord): void {
    this.#lastBytes += record.bytes.length
    if (this.#lastBytes <= HANDSHAKE_BYTES_MAX) this.#give(record.bytes)
  }

  #give(record: Buffer): void {
    try {
      this.#receive?.(record)
    } catch {
      // What makes no sense may be anybody's. Who gives no answer is given up in time.
    }
  }

  /** The library takes whatever looks like an alert for one. What the peer protected it has said itself: it goes. */
  #hearAlert({ type, version, epoch, sequenceNumber, body }: DtlsRecord): void {
    const dtls = this.#dtls
    if (dtls === undefined || epoch === 0) return
    const opened = this.#decrypted(() =>
      dtls.cipher.cipher?.decrypt(dtls.sessionType, body, { type, version, epoch, sequenceNumber }),
    )
    const isEnd = opened?.length === ALERT_BYTES && (opened[0] === FATAL || opened[1] === CLOSE_NOTIFY)
    if (isEnd) this.close({ code: 'closed_by_peer', message: 'the browser closed the session' })
  }

  #decrypted(decrypt: () => Buffer | undefined): Buffer | undefined {
    try {
      return decrypt()
    } catch {
      return undefined
    }
  }

  #takeMedia(bytes: Buffer): void {
    const second = bytes[1]!
    const isRtcp = second >= RTCP_FIRST && second <= RTCP_LAST
    const opened = this.#open(bytes, isRtcp)
    if (opened === undefined) return
    try {
      if (isRtcp) this.#options.onRtcp(opened)
      else this.#options.onRtp(opened)
    } catch (error) {
      // What a peer says wrongly is passed over; a mistake of ours ends this viewer, and no other.
      if (!(error instanceof MalformedError || error instanceof LimitError)) this.close(describeError(error))
    }
  }

  /** What is not of this peer, was broken on the way, or came before is as if it had been lost. */
  #open(bytes: Buffer, isRtcp: boolean): Buffer | undefined {
    try {
      if (!isRtcp) return this.#srtp?.open(bytes)
      const opened = this.#srtcp?.decrypt(bytes)
      return this.#replay.isNew(bytes) ? opened : undefined
    } catch {
      return undefined
    }
  }

  /** Tells the peer at once: without it a browser shows a standing picture for seconds (RFC 8446 §6.1). */
  #sayGoodbye(): void {
    const dtls = this.#dtls
    if (dtls?.connected !== true || this.#srtp === undefined) return
    const sequenceNumber = ++dtls.dtls.recordSequenceNumber
    const { epoch } = dtls.dtls
    const about = { type: recordTypes.ALERT, version: DTLS_1_2, epoch, sequenceNumber }
    const alert = dtls.cipher.cipher?.encrypt(dtls.sessionType, Buffer.from([1, 0]), about)
    if (alert === undefined) return
    const head = Buffer.alloc(RECORD_HEAD_BYTES)
    head[0] = recordTypes.ALERT
    head.writeUInt16BE(DTLS_1_2, 1)
    head.writeUInt16BE(epoch, 3)
    head.writeUIntBE(sequenceNumber, 5, 6)
    head.writeUInt16BE(alert.length, 11)
    this.#options.ice.send([Buffer.concat([head, alert])])
  }

  close(reason: CloseReason = done): void {
    if (this.#lifetime.ended) return
    this.#lifetime.close(reason)
    this.#connected.reject(new Error(reason.message))
    this.#options.ice.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

const keysOf = (context: SrtpSession['localContext']): SrtpKeys => ({
  sessionKey: context.srtpSessionKey,
  sessionSalt: context.srtpSessionSalt,
  authenticationKey: context.srtpSessionAuthTag,
})
