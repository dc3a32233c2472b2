import {
  type Command,
  type CommandOutcome,
  type NamedPreload,
  Refusal,
  type YamlNote,
} from '../commands/control-plane.ts'
import { noStreamToPreload } from '../commands/take-in-preloads.ts'
import type { GraphQLContext } from './graphql-context.ts'
import type { Cause } from './live.ts'
import { viewersOf } from './stream-types.ts'

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
  const viewers = new Map(live.notIdle().map(stream => [stream.snapshot.id, viewersOf(stream).length]))
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
  const { streams, preloads, notes, error } = await context.controlPlane.readYaml(text)
  if (error !== undefined) {
    const problem = { code: 'yaml_invalid', message: sayWhere(error) }
    return { added: [], changed: [], unchanged: [], notes: [...notes, error], change: refused(context, problem) }
  }
  const names = new Set(streams.map(({ name }) => name))
  const isThere = ({ name }: NamedPreload): boolean => names.has(name) || context.controlPlane.streams.has(name)
  const known = preloads.filter(isThere)
  const change = await runCommand(context, { type: 'ImportStreams', streams, preloads: known }, dryRun)
  const strays = preloads.filter(preload => !isThere(preload)).map(noStreamToPreload)
  return { ...touchedBy(change, [...names]), notes: [...notes, ...strays], change }
}

const touchedBy = (
  { events, problem }: ChangeResult,
  names: readonly string[],
): Pick<ImportResult, 'added' | 'changed' | 'unchanged'> => {
  const touched = new Set(events.map(({ streamName }) => streamName))
  const added = events.filter(({ type }) => type === 'StreamAdded').map(({ streamName }) => streamName)
  return {
    added,
    changed: [...touched].filter(name => !added.includes(name)),
    unchanged: problem === undefined ? names.filter(name => !touched.has(name)) : [],
  }
}

const sayWhere = ({ message, line, column }: YamlNote): string =>
  line === undefined ? message : `line ${line}${column === undefined ? '' : `, column ${column}`}: ${message}`
