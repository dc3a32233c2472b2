import type { Socket } from 'node:net'
import { ChunkQueue } from '../../bytes/chunk-queue.ts'

/** Length before each packet inside TCP (RFC 4571 §2). */
const FRAME_HEAD_BYTES = 2
/** Bytes a frame of a peer that has proven nothing may have: a check. */
const UNPROVEN_FRAME_BYTES_MAX = 1500

/** Bytes that may wait in a connection before what comes is dropped: the sender above stops long before. */
export const PENDING_BYTES_MAX = 4 * 1024 * 1024
/** What a connection to a host's address is worth as a candidate: less than any UDP of it (RFC 6544 §4.2). */
export const TCP_PRIORITY = 1_671_430_143

/** Bytes that a last word may wait behind, and milliseconds it may take: who does not read will not hear it. */
const LAST_PENDING_BYTES_MAX = 64 * 1024
const LAST_MS_MAX = 1000

/** Ends a connection: with what was said last where the peer reads, without where it does not. */
export const endConnection = (socket: Socket): void => {
  if (socket.connecting || socket.writableLength > LAST_PENDING_BYTES_MAX) {
    socket.destroy()
    return
  }
  socket.setTimeout(LAST_MS_MAX, () => socket.destroy())
  socket.destroySoon()
}

/** All packets in one piece, with their lengths: one call into the kernel instead of one for each. */
export const formatFrames = (packets: readonly Buffer[]): Buffer => {
  const size = packets.reduce((sum, { length }) => sum + FRAME_HEAD_BYTES + length, 0)
  const framed = Buffer.allocUnsafe(size)
  let at = 0
  for (const packet of packets) {
    framed.writeUInt16BE(packet.length, at)
    framed.set(packet, at + FRAME_HEAD_BYTES)
    at += FRAME_HEAD_BYTES + packet.length
  }
  return framed
}

/** Cuts what a connection says into frames; one that is too long of who has proven nothing is refused. */
export const frameReader = (
  isOver: () => boolean,
  isProven: () => boolean,
  frame: (bytes: Buffer) => void,
  refuse: () => void,
): ((chunk: Buffer) => void) => {
  const queue = new ChunkQueue()
  return chunk => {
    queue.push(chunk)
    for (;;) {
      const size = queue.peek(FRAME_HEAD_BYTES)?.readUInt16BE(0)
      if (size === undefined || isOver()) return
      if (!isProven() && size > UNPROVEN_FRAME_BYTES_MAX) return refuse()
      const whole = queue.take(FRAME_HEAD_BYTES + size)
      if (whole === undefined) return
      if (size > 0) frame(whole.subarray(FRAME_HEAD_BYTES))
    }
  }
}
