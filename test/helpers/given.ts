import { expect } from 'vitest'
import { type Decider, fold } from '#server/domain/decider.ts'
import { DomainRefusal } from '#server/domain/errors.ts'

/** A history, then an order, then what must follow. */
export const given = <State, Command, Event>(decider: Decider<State, Command, Event>, history: readonly Event[]) => ({
  when: (command: Command) => ({
    /** Exactly these events. */
    // biome-ignore lint/suspicious/noThenProperty: nobody awaits it, and the sentence is the point.
    then: (events: readonly Event[]): void => {
      expect(decider.decide(command, fold(decider, history))).toEqual(events)
    },
    /** No events but a refusal with this code. */
    thenRefused: (code: string): void => {
      expect(codeOf(() => decider.decide(command, fold(decider, history)))).toBe(code)
    },
  }),
})

const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof DomainRefusal) return error.code
    throw error
  }
  return 'not refused'
}
