import type { Closeable } from '../runtime/lifetime.ts'

/**
 * Bytes both ways, in order, whatever carries them: TCP, TLS, a WebSocket. What arrives goes where
 * its maker said: chunks stay valid for ever, as nobody writes their memory again.
 */
export interface ByteConnection extends Closeable {
  /** `ip:port`; IPv6 in brackets. */
  readonly remoteAddress: string
  /** Whether the end has come. */
  readonly ended: boolean
  /** Bytes written that the kernel has not taken yet. */
  readonly pendingBytes: number
  /** Sends bytes, which must not change afterwards. Never waits and never throws. */
  write(bytes: Buffer): void
}
