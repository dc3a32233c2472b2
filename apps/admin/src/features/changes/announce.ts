import { undo } from '../../api/commands.ts'
import type { ChangeResult, Problem } from '../../api/documents.ts'
import { sentenceOf } from '../../api/request.ts'
import { asSentence } from '../../lib/sentences.ts'
import { toasts } from '../../ui/toasts.svelte.ts'

/** Tells what was done and offers to take it back. */
export const announce = (message: string, change: ChangeResult): void => tellWithWayBack(message, change, 'Undo')

/** Tells what could not be done, and what to do. */
export function complain({ message, remedy }: Pick<Problem, 'message' | 'remedy'>): void {
  toasts.complain(remedy === null ? asSentence(message) : `${asSentence(message)} ${remedy}`)
}

/** Takes one change set back and tells how that went. */
export async function takeBack(correlationId: string): Promise<void> {
  try {
    const change = await undo(correlationId)
    if (change.problem !== null) complain(change.problem)
    else if (change.correlationId === null) toasts.tell('Nothing to undo: everything is as it was before.')
    else tellWithWayBack('Undone.', change, 'Redo')
  } catch (error) {
    complain({ message: sentenceOf(error), remedy: null })
  }
}

function tellWithWayBack(message: string, { correlationId }: ChangeResult, word: string): void {
  toasts.tell(message, correlationId === null ? undefined : { word, run: () => void takeBack(correlationId) })
}
