/** A text message of `/api/ws`. */
export interface Message {
  readonly type: string
  /** Missing values are empty. */
  readonly value: string
}

/** Reads a text message; nothing when it is not one. */
export function parseMessage(text: string): Message | undefined {
  try {
    const told: unknown = JSON.parse(text)
    if (typeof told !== 'object' || told === null || !('type' in told)) return undefined
    return { type: String(told.type), value: 'value' in told ? String(told.value) : '' }
  } catch {
    return undefined
  }
}
