/** An order to one stream, whose identity is settled before. */
export type StreamCommand =
  /** Also brings a removed stream back: its history goes on. */
  | { readonly type: 'AddStream'; readonly name: string; readonly sources: readonly string[] }
  | { readonly type: 'RenameStream'; readonly to: string }
  | { readonly type: 'ChangeSources'; readonly sources: readonly string[] }
  | { readonly type: 'RemoveStream' }
