/** Why the domain refuses an order; each is also a code of the outer world's refusals. */
export type DomainRefusalCode =
  | 'stream_not_found'
  | 'name_taken'
  | 'name_invalid'
  | 'source_invalid'
  | 'preload_invalid'
  | 'too_many'

/** An order the rules forbid: `code` is for programs, `message` is a sentence for people. */
export class DomainRefusal extends Error {
  override readonly name = 'DomainRefusal'
  readonly code: DomainRefusalCode

  constructor(code: DomainRefusalCode, message: string) {
    super(message)
    this.code = code
  }
}
