/** What happened to one stream, in the past tense. A published event never changes: add a new one. */
export type StreamEvent =
  | { readonly type: 'StreamAdded'; readonly data: { readonly name: string; readonly sources: readonly string[] } }
  | { readonly type: 'StreamRenamed'; readonly data: { readonly from: string; readonly to: string } }
  | { readonly type: 'StreamSourcesChanged'; readonly data: { readonly sources: readonly string[] } }
  | { readonly type: 'StreamPreloaded'; readonly data: { readonly query: string } }
  | { readonly type: 'StreamPreloadEnded'; readonly data: Readonly<Record<never, never>> }
  /** Ends its preload too: a stream that comes back comes without. */
  | { readonly type: 'StreamRemoved'; readonly data: Readonly<Record<never, never>> }
