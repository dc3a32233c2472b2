import { describeError, MediaError } from '../../runtime/errors.ts'

/** What can be wrong with a source that HTTP has answered for. */
export type HttpSourceErrorCode = 'hls_not_supported' | 'connection_lost' | 'closed_by_peer'

/** A source that answers and cannot be played. */
export class HttpSourceError extends MediaError {
  readonly code: HttpSourceErrorCode

  constructor(code: HttpSourceErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** The sentences, each in one place. */
export const httpSourceErrors = {
  hlsNotSupported: (why: string) =>
    new HttpSourceError('hls_not_supported', `this HLS stream cannot be played here: ${why}`),
  brokenOff: (cause: unknown) =>
    new HttpSourceError('connection_lost', `the connection was lost: ${describeError(cause).message}`, cause),
  ended: () => new HttpSourceError('closed_by_peer', 'the camera ended its answer'),
} as const
