import type { PacketReceiver } from '../../ingest/track-receiver.ts'
import type { RtspClient } from './rtsp-client.ts'
import type { Pair } from './transport-header.ts'

/** Interleaved channels there can be. */
const CHANNELS = 256

/** Takes one packet: the bytes of `memory` from `start` to before `end`, so that no view is made of what is only passed on. */
export type FrameHandler = (memory: Buffer, start: number, end: number) => void

/** How the packets of one media travel, both ways. */
export interface MediaCarrier extends Disposable {
  readonly protocol: 'rtsp+tcp' | 'rtsp+udp' | 'rtsp+ws'
  /** Packets may be lost, come twice or in another order. */
  readonly lossy: boolean
  /** Bytes that came or left beside the connection. */
  readonly bytesReceived: number
  readonly bytesSent: number
  /** From now on, what comes goes there. */
  listen(receiver: PacketReceiver): void
  sendRtp(bytes: Buffer): void
  sendRtcp(bytes: Buffer): void
}

/** Hands the interleaved frames of a connection to the medias they belong to. */
export class FrameRouter {
  readonly #handlers: (FrameHandler | undefined)[] = new Array(CHANNELS).fill(undefined)
  /** Told of bytes between packets that made no sense. */
  skipped: (bytes: number) => void = () => {}

  /** Whether somebody takes a channel's frames. */
  has(channel: number): boolean {
    return this.#handlers[channel] !== undefined
  }

  route(channel: number, handler: FrameHandler | undefined): void {
    this.#handlers[channel] = handler
  }

  frame(channel: number, memory: Buffer, start = 0, end = memory.length): void {
    this.#handlers[channel]?.(memory, start, end)
  }
}

/** Packets inside the RTSP connection (RFC 2326 §10.12). */
export class InterleavedCarrier implements MediaCarrier {
  readonly lossy = false
  readonly bytesReceived = 0
  readonly bytesSent = 0
  readonly #client: RtspClient
  readonly #router: FrameRouter
  readonly #channels: Pair

  constructor(client: RtspClient, router: FrameRouter, channels: Pair) {
    this.#client = client
    this.#router = router
    this.#channels = channels
    // Taken from now on, so that the next media does not get the same ones.
    for (const channel of channels) router.route(channel, () => {})
  }

  get protocol(): MediaCarrier['protocol'] {
    return this.#client.protocol
  }

  listen(receiver: PacketReceiver): void {
    const [rtp, rtcp] = this.#channels
    this.#router.route(rtp, (memory, start, end) => receiver.rtp(memory, start, end))
    this.#router.route(rtcp, (memory, start, end) => receiver.rtcp(memory.subarray(start, end)))
  }

  sendRtp(bytes: Buffer): void {
    this.#client.sendFrame(this.#channels[0], bytes)
  }

  sendRtcp(bytes: Buffer): void {
    this.#client.sendFrame(this.#channels[1], bytes)
  }

  [Symbol.dispose](): void {
    for (const channel of this.#channels) this.#router.route(channel, undefined)
  }
}
