import { type Command, type CommandOutcome, Refusal, type YamlNote } from '../commands/control-plane.ts'
import type { GraphQLContext } from './graphql-context.ts'
import type { Cause } from './live.ts'

/** What a command did, or why it was refused. */
export interface ChangeResult {
  readonly correlationId: string | undefined
  readonly position: number
  readonly events: CommandOutcome['events']
  readonly viewersEnded: number
  readonly problem?: Cause
}

/** A place in a file and what is to be said about it. */
export type ImportNote = YamlNote

/** What a file brought, by stream. */
export interface ImportResult {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly unchanged: readonly string[]
  readonly notes: readonly ImportNote[]
  readonly change: ChangeResult
}

/** Runs one command, or says what it would do. A refusal is an answer, not an error. */
export const runCommand = async (
  context: GraphQLContext,
  command: Command,
  dryRun: boolean | null | undefined,
): Promise<ChangeResult> => {
  const { controlPlane, live, actor, log } = context
  // Counted before: afterwards those viewers are gone.
  const viewers = new Map(live.notIdle().map(({ snapshot }) => [snapshot.id, snapshot.consumers.length]))
  try {
    const outcome = await controlPlane.execute(command, { actor, dryRun: dryRun ?? false })
    if (outcome.fileProblem !== undefined)
      log.warn({ problem: outcome.fileProblem }, 'change is kept, file is not written')
    const removed = new Set(outcome.events.filter(({ type }) => type === 'StreamRemoved').map(event => event.streamId))
    return {
      correlationId: outcome.events.length === 0 ? undefined : outcome.correlationId,
      position: outcome.position,
      events: outcome.events,
      viewersEnded: [...removed].reduce((sum, id) => sum + (viewers.get(id) ?? 0), 0),
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(context, { code: error.code, message: error.message })
  }
}

/** A change that did not happen, and why. */
export const refused = ({ controlPlane }: GraphQLContext, problem: Cause): ChangeResult => ({
  correlationId: undefined,
  position: controlPlane.position,
  events: [],
  viewersEnded: 0,
  problem,
})

/** Brings the streams of a go2rtc.yaml in, as one change set; a file that cannot be understood brings nothing. */
export const importYaml = async (
  context: GraphQLContext,
  text: string,
  dryRun: boolean | null | undefined,
): Promise<ImportResult> => {
  const { streams, notes, error } = await context.controlPlane.readYaml(text)
  if (error !== undefined) {
    const problem = { code: 'yaml_invalid', message: sayWhere(error) }
    return { added: [], changed: [], unchanged: [], notes: [...notes, error], change: refused(context, problem) }
  }
  const change = await runCommand(context, { type: 'ImportStreams', streams }, dryRun)
  const named = (type: string): readonly string[] =>
    change.events.filter(event => event.type === type).map(event => event.streamName)
  const added = named('StreamAdded')
  const changed = named('StreamSourcesChanged')
  const touched = new Set([...added, ...changed])
  const unchanged =
    change.problem === undefined ? streams.map(({ name }) => name).filter(name => !touched.has(name)) : []
  return { added, changed, unchanged, notes, change }
}

const sayWhere = ({ message, line, column }: YamlNote): string =>
  line === undefined ? message : `line ${line}${column === undefined ? '' : `, column ${column}`}: ${message}`
