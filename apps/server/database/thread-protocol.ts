/** What a thread can be asked: a name, one input, one output, all plain data. */
export type ThreadMethods<Methods> = { readonly [Name in keyof Methods]: (input: never) => unknown }

/** A question to a thread. */
export interface ThreadRequest {
  readonly id: number
  readonly method: string
  readonly input: unknown
}

/** Its answer: done, refused for a reason with a code, or failed. */
export type ThreadAnswer =
  | { readonly id: number; readonly outcome: 'ok'; readonly output: unknown }
  | { readonly id: number; readonly outcome: 'refused'; readonly code: string; readonly message: string }
  | { readonly id: number; readonly outcome: 'failed'; readonly message: string }

/** What a thread tells unasked. */
export interface ThreadNotice<Notice> {
  readonly notice: Notice
}

/** Everything a thread may send. */
export type ThreadMessage<Notice> = ThreadAnswer | ThreadNotice<Notice>
