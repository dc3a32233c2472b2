import type { SourceUrl } from './source-url.ts'

/** What the control plane wants a stream to be. */
export interface StreamDefinition {
  /** Stable for the stream's life; a rename keeps it. */
  readonly id: string
  readonly name: string
  /** Best first; with credentials, as they are dialed. */
  readonly sources: readonly SourceUrl[]
}
