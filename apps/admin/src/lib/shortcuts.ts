/** A key after another one counts as a sequence within this time. */
const SEQUENCE_MS_MAX = 1200

/** Keys as written, `g s` for one after the other, and what they do. */
export type Shortcuts = Readonly<Record<string, () => void>>

/** What a key press needs to be judged: the browser's event has it. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly target: EventTarget | null
  readonly timeStamp: number
  preventDefault(): void
}

/** Turns key presses into actions. Keys typed into a field, or held with a modifier, are left alone. */
export function shortcutListener(shortcuts: Shortcuts): (press: KeyPress) => void {
  const leaders = new Set(Object.keys(shortcuts).flatMap(keys => (keys.includes(' ') ? [keys.split(' ')[0]] : [])))
  let leader: { key: string; at: number } | undefined
  return press => {
    if (press.ctrlKey || press.metaKey || press.altKey || isTyping(press.target)) return
    const pending = leader !== undefined && press.timeStamp - leader.at <= SEQUENCE_MS_MAX ? leader.key : undefined
    leader = undefined
    const action = shortcuts[pending === undefined ? press.key : `${pending} ${press.key}`]
    if (action !== undefined) {
      press.preventDefault()
      action()
    } else if (leaders.has(press.key)) leader = { key: press.key, at: press.timeStamp }
  }
}

/** Whether the keyboard belongs to a field or to an open dialog. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return target.closest('input, textarea, select, [contenteditable], dialog, [popover]:popover-open') !== null
}
