/** Decides what a command means and remembers what events did. Pure: same input, same output. */
export interface Decider<State, Command, Event> {
  readonly initial: State
  decide(command: Command, state: State): readonly Event[]
  evolve(state: State, event: Event): State
}

/** The state a history adds up to. */
export const fold = <State, Event>(
  { initial, evolve }: Pick<Decider<State, never, Event>, 'initial' | 'evolve'>,
  history: readonly Event[],
): State => history.reduce<State>((state, event) => evolve(state, event), initial)
