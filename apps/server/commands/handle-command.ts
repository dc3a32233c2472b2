import { randomUUID } from 'node:crypto'
import { type Environment, resolveVariables, variablesIn } from '../config/environment.ts'
import { showTemplate } from '../config/secret-template.ts'
import type { SqliteDatabase } from '../database/open-database.ts'
import type { SecretVault } from '../database/secret-vault.ts'
import { checkStreamName } from '../domain/stream/stream-name.ts'
import { checkPreload } from '../domain/stream/stream-preload.ts'
import { checkSources } from '../domain/stream/stream-sources.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { EventStore } from '../events/event-store.ts'
import { findStreamByName, type ListedStream, listStreams } from '../projections/stream-list/stream-list-queries.ts'
import type { ChangeSet } from './change-set.ts'
import { configurationAt } from './config-history.ts'
import { type Command, type NamedSources, Refusal } from './control-plane.ts'
import { type KeptSource, sealSource } from './kept-secrets.ts'
import { planChanges, type StreamShape, type WantedStreams } from './plan-changes.ts'
import { wantedWithout } from './undo.ts'

/** Streams one import may bring: as many as a server can have. */
const IMPORTED_STREAMS_MAX = 10_000

/** What a command is handled with. */
export interface CommandParts {
  readonly database: SqliteDatabase
  readonly store: EventStore
  readonly vault: SecretVault
  readonly environment: Environment
}

/**
 * Turns a command into decisions of the streams it is about. Runs in the caller's transaction.
 * Throws `Refusal` or `DomainRefusal`.
 */
export const handleCommand = (command: Command, changes: ChangeSet, parts: CommandParts): void => {
  switch (command.type) {
    case 'SetStream':
      checkBasis(command.name, command.basedOn, parts)
      setStream(command, changes, parts)
      break
    case 'RenameStream':
      checkStreamName(command.to)
      changes.decide(find(command.name, parts).id, { type: 'RenameStream', to: parts.vault.seal(command.to) })
      break
    case 'RemoveStream':
      changes.decide(find(command.name, parts).id, { type: 'RemoveStream' })
      break
    case 'SetPreload':
      setPreload(command, changes, parts)
      break
    case 'ImportStreams':
      importStreams(command.streams, changes, parts)
      for (const preload of command.preloads ?? []) setPreload(preload, changes, parts)
      break
    case 'Undo':
      bringAbout(wantedWithout(parts.store, command.correlationId), changes, parts)
      break
    case 'RevertTo':
      revertTo(command.position, changes, parts)
      break
    default:
      unreachable(command)
  }
}

const setStream = ({ name, sources }: NamedSources, changes: ChangeSet, parts: CommandParts): void => {
  checkStreamName(name)
  checkSources(sources)
  const existing = findStreamByName(parts.database, parts.vault.describe(name))
  const kept = existing?.sources.map(template => faces(template, parts)) ?? []
  const sealed = sources.map((source, index) => sealSource(source, index, kept, parts.vault))
  for (const source of sealed) if (!existing?.sources.includes(source)) checkVariables(source, 'source_invalid', parts)
  if (existing !== undefined) changes.decide(existing.id, { type: 'ChangeSources', sources: sealed })
  else changes.decide(randomUUID(), { type: 'AddStream', name: parts.vault.seal(name), sources: sealed })
}

interface PreloadOrder {
  readonly name: string
  readonly query: string | null
}

const setPreload = ({ name, query }: PreloadOrder, changes: ChangeSet, parts: CommandParts): void => {
  const { id, preload } = find(name, parts)
  if (query !== null) checkPreload(query)
  const sealed = query === null ? null : parts.vault.seal(query)
  if (sealed !== null && sealed !== preload) checkVariables(sealed, 'preload_invalid', parts)
  changes.decide(id, { type: 'SetPreload', query: sealed })
}

/** Two people who edit the same stream: the second hears of the first instead of undoing what they did. */
const checkBasis = (name: string, basedOn: number | undefined, { database, vault }: CommandParts): void => {
  const position = findStreamByName(database, vault.describe(name))?.position ?? 0
  if (basedOn === undefined || basedOn === position) return
  if (basedOn === 0) throw new Refusal('conflict', `there is a stream ${name} already`)
  if (position === 0) throw new Refusal('conflict', `the stream ${name} was removed or renamed meanwhile`)
  throw new Refusal('conflict', `${name} was changed by somebody else since you looked at it`)
}

const importStreams = (streams: readonly NamedSources[], changes: ChangeSet, parts: CommandParts): void => {
  if (streams.length > IMPORTED_STREAMS_MAX)
    throw new Refusal('too_many', `at most ${IMPORTED_STREAMS_MAX} streams can be imported at once`)
  const names = new Set<string>()
  for (const stream of streams) {
    if (names.has(stream.name)) throw new Refusal('name_taken', `${stream.name} is in the import twice`)
    names.add(stream.name)
    setStream(stream, changes, parts)
  }
}

const revertTo = (position: number, changes: ChangeSet, parts: CommandParts): void => {
  const then = configurationAt(parts.store, position)
  const now = listStreams(parts.database)
  const wanted = new Map<string, StreamShape | undefined>(then)
  for (const { id } of now) if (!then.has(id)) wanted.set(id, undefined)
  bringAbout(wanted, changes, parts)
}

const bringAbout = (wanted: WantedStreams, changes: ChangeSet, { database }: CommandParts): void => {
  const current = new Map(listStreams(database).map(listed => [listed.id, listed]))
  for (const { streamId, command } of planChanges(current, wanted)) changes.decide(streamId, command)
}

const find = (name: string, { database, vault }: CommandParts): ListedStream => {
  const found = findStreamByName(database, vault.describe(name))
  if (found === undefined) throw new Refusal('stream_not_found', `there is no stream ${name}`)
  return found
}

const faces = (template: string, { vault, environment }: CommandParts): KeptSource => {
  const written = vault.open(template)
  return { template, faces: [written, resolveVariables(written, environment).text, showTemplate(template)] }
}

/**
 * A client may use a variable that the configuration defines or uses already, never pick one of the
 * server's own environment: its value would be sent to an address of the client's choice.
 */
const checkVariables = (
  template: string,
  code: 'source_invalid' | 'preload_invalid',
  { vault, environment, database }: CommandParts,
): void => {
  const names = variablesIn(vault.open(template)).filter(name => !environment.configured.has(name))
  if (names.length === 0) return
  const used = new Set(
    listStreams(database).flatMap(({ sources }) => sources.flatMap(template => variablesIn(vault.open(template)))),
  )
  const stranger = names.find(name => !used.has(name))
  if (stranger === undefined) return
  throw new Refusal(code, `the variable \${${stranger}} is not known: define it under env: in go2rtc.yaml`)
}
