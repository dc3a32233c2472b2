import { isIP } from 'node:net'
import type { PacketReceiver } from '../../ingest/track-receiver.ts'
import { isMetadataAddress } from '../../net/dial-error.ts'
import { withoutZone } from '../../net/socket-address.ts'
import { bindUdpPair, type DatagramHandler, type UdpAddress, type UdpPortPair } from '../../net/udp-port.ts'
import { formatRtcp } from '../../rtp/rtcp-packet.ts'
import { RtpPacket } from '../../rtp/rtp-packet.ts'
import type { MediaCarrier } from './media-carrier.ts'
import type { Pair, Transport } from './transport-header.ts'

/** Bytes of a packet without payload, which opens the way through a router. */
const OPENER_BYTES = 12

/**
 * Packets over UDP, on a pair of ports of our own. Only what comes from the camera's address is
 * heard, and from one port of it: the one it named, or else the one its first packet came from.
 */
export class UdpCarrier implements MediaCarrier {
  readonly protocol = 'rtsp+udp'
  readonly lossy = true
  readonly #ports: UdpPortPair
  readonly #camera: string
  readonly #from: Set<string>
  #serverPort: Pair | undefined
  #receiver: PacketReceiver | undefined
  #heardFrom: number | undefined
  bytesReceived = 0
  bytesSent = 0
  /** Datagrams from somebody else. */
  strayCount = 0

  private constructor(camera: string, ports: UdpPortPair) {
    this.#camera = camera
    this.#from = new Set([camera])
    this.#ports = ports
  }

  /** Binds two ports for what a camera at this address will send. Rejects with `NoPortsError`. */
  static async open(cameraAddress: string): Promise<UdpCarrier> {
    const camera = withoutZone(cameraAddress)
    let carrier: UdpCarrier | undefined
    const hear =
      (which: 0 | 1): DatagramHandler =>
      (bytes, from) => {
        if (carrier !== undefined) carrier.#hear(bytes, from, which)
      }
    carrier = new UdpCarrier(camera, await bindUdpPair(camera, { rtp: hear(0), rtcp: hear(1) }))
    return carrier
  }

  get clientPort(): Pair {
    return [this.#ports.rtp.port, this.#ports.rtcp.port]
  }

  /** Takes over what the camera answered. */
  aim({ serverPort, source }: Transport): void {
    // A camera with two addresses may send from the other one: it said so where nobody else can.
    if (source !== undefined && isIP(source) !== 0 && !isMetadataAddress(source)) this.#from.add(withoutZone(source))
    if (serverPort !== undefined && serverPort[0] !== 0) this.#serverPort = serverPort
  }

  /** Opens the way for the camera's packets through a router between us. */
  openWay(): void {
    const opener = Buffer.alloc(OPENER_BYTES)
    RtpPacket.write(opener, 0, { marker: false, payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0 })
    this.sendRtp(opener)
    this.sendRtcp(formatRtcp([{ type: 'RR', ssrc: 0, reports: [] }]))
  }

  listen(receiver: PacketReceiver): void {
    this.#receiver = receiver
  }

  sendRtp(bytes: Buffer): void {
    this.#send(bytes, 0)
  }

  sendRtcp(bytes: Buffer): void {
    this.#send(bytes, 1)
  }

  #send(bytes: Buffer, which: 0 | 1): void {
    if (this.#serverPort === undefined) return
    this.bytesSent += bytes.length
    const port = which === 0 ? this.#ports.rtp : this.#ports.rtcp
    port.send(bytes, { address: this.#camera, port: this.#serverPort[which] })
  }

  #hear(bytes: Buffer, from: UdpAddress, which: 0 | 1): void {
    if (!this.#from.has(from.address) || (which === 0 && !this.#isItsPort(from.port))) {
      this.strayCount++
      return
    }
    this.bytesReceived += bytes.length
    if (which === 0) this.#receiver?.rtp(bytes, 0, bytes.length)
    else this.#receiver?.rtcp(bytes)
  }

  /** QUIRK cameras that send from another port than they named, or named none: the first port counts. */
  #isItsPort(port: number): boolean {
    if (port === this.#serverPort?.[0]) this.#heardFrom = port
    this.#heardFrom ??= port
    return port === this.#heardFrom
  }

  [Symbol.dispose](): void {
    this.#ports.rtp.close()
    this.#ports.rtcp.close()
  }
}
