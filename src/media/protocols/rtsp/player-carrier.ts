import type { PacketGroup } from '../../core/packet-group.ts'

/** `$`, channel, length: RFC 2326 §10.12. */
const FRAME_HEAD_BYTES = 4

/** How the packets of one track travel to a player. */
export interface PlayerCarrier extends Disposable {
  readonly protocol: 'rtsp+tcp' | 'rtsp+udp'
  /** Bytes given to it that the player has not taken. */
  readonly pendingBytes: number
  /** The answer to the SETUP that asked for it. */
  readonly transport: string
  /** Sends a group with this payload type; gives the bytes it took. */
  send(group: PacketGroup, payloadType: number): number
  sendRtcp(bytes: Buffer): void
}

/** Where interleaved packets go: the RTSP connection itself. With nothing pending, what was written has left: its memory may be written again. */
export interface PlayerConnection {
  readonly pendingBytes: number
  write(bytes: Buffer): void
}

/** Packets inside the RTSP connection, on channels of ours (RFC 2326 §10.12): one write a group, its bytes shared by all players. */
export class InterleavedPlayerCarrier implements PlayerCarrier {
  readonly protocol = 'rtsp+tcp'
  readonly #connection: PlayerConnection
  readonly #channel: number

  /** RTP goes on `channel`, RTCP on the next one. */
  constructor(connection: PlayerConnection, channel: number) {
    this.#connection = connection
    this.#channel = channel
  }

  get pendingBytes(): number {
    return this.#connection.pendingBytes
  }

  get transport(): string {
    return `RTP/AVP/TCP;unicast;interleaved=${this.#channel}-${this.#channel + 1}`
  }

  send(group: PacketGroup, payloadType: number): number {
    const bytes = group.interleaved(this.#channel, payloadType)
    this.#connection.write(bytes)
    if (this.#connection.pendingBytes > 0) group.keepForm()
    return bytes.length
  }

  sendRtcp(bytes: Buffer): void {
    const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + bytes.length)
    frame.writeUInt16BE(0x2400 | (this.#channel + 1), 0)
    frame.writeUInt16BE(bytes.length, 2)
    frame.set(bytes, FRAME_HEAD_BYTES)
    this.#connection.write(frame)
  }

  [Symbol.dispose](): void {}
}

/** The packets of a group as datagrams, one after another: views of the memory that interleaved players share. */
export const datagramsOf = function* (group: PacketGroup, payloadType: number): Iterable<Buffer> {
  const bytes = group.interleaved(0, payloadType)
  // A datagram may leave later than it was sent.
  group.keepForm()
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt16BE(at + 2)
    yield bytes.subarray(at + FRAME_HEAD_BYTES, at + FRAME_HEAD_BYTES + size)
    at += FRAME_HEAD_BYTES + size
  }
}
