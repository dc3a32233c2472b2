import type { Builder } from './builder.ts'
import { type ImportResult, importYaml, runCommand } from './change-result.ts'
import type { GraphQLContext } from './graphql-context.ts'
import type { LiveProbe } from './live.ts'
import { PRELOAD } from './stream-types.ts'

/** Milliseconds a probe may take: the engine gives up at 10 s, this is for a scheme that forgets to. */
const PROBE_MS_MAX = 12_000
/** Probes at once: each dials a camera. */
const PROBE_COUNT_MAX = 8

/** Everything that can be ordered. */
export const addMutations = (builder: Builder): void => {
  addResults(builder)
  addStreamCommands(builder)
  addHistoryCommands(builder)
  builder.mutationFields(t => ({
    probeSource: t.field({
      type: 'ProbeResult',
      description: 'Dials a source without keeping it, and tells what it offers or why it does not answer.',
      args: { url: t.arg.string({ required: true }) },
      resolve: (_root, { url }, context) => probe(context, url),
    }),
    importYaml: t.field({
      type: 'ImportResult',
      description: 'Streams of a go2rtc.yaml and their preloads, as one change set.',
      args: { text: t.arg.string({ required: true }), dryRun: t.arg.boolean({ defaultValue: false }) },
      resolve: (_root, { text, dryRun }, context): Promise<ImportResult> => importYaml(context, text, dryRun),
    }),
  }))
}

const addStreamCommands = (builder: Builder): void => {
  builder.mutationType({
    fields: t => ({
      setStream: t.field({
        type: 'ChangeResult',
        description: 'Adds a stream, or changes the sources of the one that has this name.',
        args: {
          name: t.arg.string({ required: true }),
          sources: t.arg.stringList({ required: true }),
          basedOn: t.arg.int({
            description: 'Position of the stream that was looked at, 0 for none: refused when it has changed since.',
          }),
          dryRun: t.arg.boolean({ defaultValue: false }),
        },
        resolve: (_root, { name, sources, basedOn, dryRun }, context) => {
          const basis = typeof basedOn === 'number' ? { basedOn } : {}
          return runCommand(context, { type: 'SetStream', name, sources, ...basis }, dryRun)
        },
      }),
      renameStream: t.field({
        type: 'ChangeResult',
        args: {
          name: t.arg.string({ required: true }),
          to: t.arg.string({ required: true }),
          dryRun: t.arg.boolean({ defaultValue: false }),
        },
        resolve: (_root, { name, to, dryRun }, context) =>
          runCommand(context, { type: 'RenameStream', name, to }, dryRun),
      }),
      removeStream: t.field({
        type: 'ChangeResult',
        args: { name: t.arg.string({ required: true }), dryRun: t.arg.boolean({ defaultValue: false }) },
        resolve: (_root, { name, dryRun }, context) => runCommand(context, { type: 'RemoveStream', name }, dryRun),
      }),
      setPreload: t.field({
        type: 'ChangeResult',
        description: 'Keeps a stream running without viewers, or lets it go.',
        args: {
          name: t.arg.string({ required: true }),
          query: t.arg.string({ description: PRELOAD }),
          dryRun: t.arg.boolean({ defaultValue: false }),
        },
        resolve: (_root, { name, query, dryRun }, context) =>
          runCommand(context, { type: 'SetPreload', name, query: query ?? null }, dryRun),
      }),
    }),
  })
}

const addHistoryCommands = (builder: Builder): void => {
  builder.mutationFields(t => ({
    undo: t.field({
      type: 'ChangeResult',
      description: 'Takes one change set back by ordinary events; refused when something newer builds on it.',
      args: { correlationId: t.arg.string({ required: true }), dryRun: t.arg.boolean({ defaultValue: false }) },
      resolve: (_root, { correlationId, dryRun }, context) =>
        runCommand(context, { type: 'Undo', correlationId }, dryRun),
    }),
    revertTo: t.field({
      type: 'ChangeResult',
      description: 'Brings the whole configuration back to what it was at a revision, by ordinary events.',
      args: { position: t.arg.int({ required: true }), dryRun: t.arg.boolean({ defaultValue: false }) },
      resolve: (_root, { position, dryRun }, context) => runCommand(context, { type: 'RevertTo', position }, dryRun),
    }),
  }))
}

let probeCount = 0

const probe = async ({ live, closing }: GraphQLContext, url: string): Promise<LiveProbe> => {
  if (probeCount >= PROBE_COUNT_MAX)
    return { tracks: [], tookMs: 0, problem: { code: 'busy', message: `${PROBE_COUNT_MAX} sources are being checked` } }
  probeCount++
  try {
    return await live.probe(url, AbortSignal.any([closing, AbortSignal.timeout(PROBE_MS_MAX)]))
  } finally {
    probeCount--
  }
}

const addResults = (builder: Builder): void => {
  builder.objectType('ChangeResult', {
    description: 'What a command did. A command that changes nothing succeeds with no events.',
    fields: t => ({
      correlationId: t.string({
        nullable: true,
        description: 'Null when nothing had to change.',
        resolve: ({ correlationId }) => correlationId,
      }),
      position: t.exposeInt('position'),
      events: t.field({ type: ['Event'], resolve: ({ events }) => [...events] }),
      viewersEnded: t.exposeInt('viewersEnded', {
        description: 'Viewers that the change ended, or would end in a dry run.',
      }),
      problem: t.field({ type: 'Problem', nullable: true, resolve: ({ problem }) => problem }),
    }),
  })
  builder.objectType('ProbeResult', {
    fields: t => ({
      tracks: t.field({
        type: ['Track'],
        nullable: true,
        description: 'Null when the source could not be reached.',
        resolve: ({ tracks, problem }) => (problem === undefined ? [...tracks] : undefined),
      }),
      tookMs: t.exposeFloat('tookMs', { description: 'Milliseconds until the tracks were known.' }),
      problem: t.field({ type: 'Problem', nullable: true, resolve: ({ problem }) => problem }),
    }),
  })
  addImportResults(builder)
}

const addImportResults = (builder: Builder): void => {
  builder.objectType('ImportNote', {
    fields: t => ({
      line: t.int({ nullable: true, resolve: ({ line }) => line }),
      column: t.int({ nullable: true, resolve: ({ column }) => column }),
      message: t.string({ resolve: ({ message }, _args, { controlPlane }) => controlPlane.redact(message) }),
    }),
  })
  builder.objectType('ImportResult', {
    fields: t => ({
      added: t.stringList({ resolve: ({ added }) => [...added] }),
      changed: t.stringList({ resolve: ({ changed }) => [...changed] }),
      unchanged: t.stringList({ resolve: ({ unchanged }) => [...unchanged] }),
      notes: t.field({
        type: ['ImportNote'],
        description: 'Keys that were understood as YAML and are not used yet, and what was left out.',
        resolve: ({ notes }) => [...notes],
      }),
      change: t.field({ type: 'ChangeResult', resolve: ({ change }) => change }),
    }),
  })
}
