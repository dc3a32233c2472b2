/** Base of every error the engine raises on purpose: `code` is for programs, `message` for people. */
export abstract class MediaError extends Error {
  abstract readonly code: string

  override get name(): string {
    return this.constructor.name
  }
}

/** Input that breaks its own standard. `offset` is in bytes from the start of what was parsed. */
export class MalformedError extends MediaError {
  readonly code = 'malformed'
  readonly offset: number

  constructor(what: string, offset = 0) {
    super(`${what} (at byte ${offset})`)
    this.offset = offset
  }
}

/** Input that is well formed and larger than a named limit allows. */
export class LimitError extends MediaError {
  readonly code = 'limit'
  readonly limit: number

  constructor(what: string, limit: number) {
    super(`${what}: more than ${limit}`)
    this.limit = limit
  }
}

/** Something that took longer than it may. `waitedMs` is the limit that was reached. */
export class TimedOutError extends MediaError {
  readonly code = 'timed_out'
  readonly waitedMs: number

  constructor(what: string, waitedMs: number) {
    super(`${what}: no answer in ${waitedMs / 1000} s`)
    this.waitedMs = waitedMs
  }
}

/** What was asked for needs something that has already ended. */
export class ClosedError extends MediaError {
  readonly code = 'closed'

  constructor(what: string) {
    super(`${what} is closed`)
  }
}

/** The code and the sentence of anything that was thrown. */
export const describeError = (error: unknown): { readonly code: string; readonly message: string } => {
  if (error instanceof MediaError) return { code: error.code, message: error.message }
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
    return { code, message: error.message }
  }
  return { code: 'internal', message: String(error) }
}
