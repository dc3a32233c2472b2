/** Everything that was compared, offered and decided while one consumer was fed. */
export interface NegotiationRecord {
  readonly outcome: 'connected' | 'partial' | 'failed'
}
