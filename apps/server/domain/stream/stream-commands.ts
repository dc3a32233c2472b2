/** An order to one stream, whose identity is settled before. */
export type StreamCommand =
  /** Also brings a removed stream back: its history goes on. */
  | { readonly type: 'AddStream'; readonly name: string; readonly sources: readonly string[] }
  | { readonly type: 'RenameStream'; readonly to: string }
  | { readonly type: 'ChangeSources'; readonly sources: readonly string[] }
  /** Keeps it running without viewers, with what the query asks for; empty: video and audio; null: for viewers only. */
  | { readonly type: 'SetPreload'; readonly query: string | null }
  | { readonly type: 'RemoveStream' }
