/** An entry of the log that this program cannot read: never skipped, because what follows builds on it. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError'
  readonly code = 'event_unreadable'
}
