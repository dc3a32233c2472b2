import { MediaError } from '../runtime/errors.ts'
import type { FactCause } from './stream-facts.ts'

/** A source that was there and is not any more; the message is what the camera or the network said last. */
export class SourceLostError extends MediaError {
  readonly code: string

  constructor(cause: FactCause) {
    super(cause.message)
    this.code = cause.code
  }
}
