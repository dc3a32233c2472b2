import { randomUUID } from 'node:crypto'
import type { TextNote } from '../config/yaml-document.ts'
import type { WrittenPreload, WrittenStream } from '../config/yaml-streams.ts'
import type { SecretVault } from '../database/secret-vault.ts'
import { DomainRefusal } from '../domain/errors.ts'
import { sameSources } from '../domain/stream/stream.ts'
import { checkStreamName } from '../domain/stream/stream-name.ts'
import { checkSources } from '../domain/stream/stream-sources.ts'
import { findStreamById, findStreamByName, type ListedStream } from '../projections/stream-list/stream-list-queries.ts'
import type { ChangeSet } from './change-set.ts'
import type { Configuration } from './configuration.ts'
import type { LinkedStream } from './linked-streams.ts'
import { takeInPreloads } from './take-in-preloads.ts'

/** The streams of a file that can be streams, and what is to be said about the others. */
export interface UsableStreams {
  readonly usable: readonly WrittenStream[]
  readonly notes: readonly TextNote[]
}

/** Sorts out what cannot be a stream: it stays in the file and is told. */
export const usableStreams = (streams: readonly WrittenStream[]): UsableStreams => {
  const usable: WrittenStream[] = []
  const notes: TextNote[] = []
  for (const stream of streams) {
    try {
      checkStreamName(stream.name)
      checkSources(stream.sources)
      usable.push(stream)
    } catch (error) {
      if (!(error instanceof DomainRefusal)) throw error
      notes.push({ message: `${stream.name.slice(0, 64)}: ${error.message}: skipped` })
    }
  }
  return { usable, notes }
}

/** What a file says that can be so. */
export interface UsableFile {
  readonly streams: readonly WrittenStream[]
  readonly preloads: readonly WrittenPreload[]
}

/**
 * Decides what a person changed in the file since it and the configuration last agreed; what they
 * did not touch is left alone. Returns what the file says now, to be remembered.
 */
export const takeInFile = (
  { streams, preloads }: UsableFile,
  before: readonly LinkedStream[],
  changes: ChangeSet,
  configuration: Configuration,
): readonly LinkedStream[] =>
  takeInPreloads(preloads, before, takeInStreams(streams, before, changes, configuration), changes, configuration)

const takeInStreams = (
  written: readonly WrittenStream[],
  before: readonly LinkedStream[],
  changes: ChangeSet,
  configuration: Configuration,
): readonly LinkedStream[] => {
  const { vault, database } = configuration
  const entries = written.map(stream => describeEntry(stream, before, vault))
  const names = new Set(entries.map(({ name }) => name))
  const removed = before.filter(earlier => !names.has(earlier.name) && !isUnderOtherName(earlier, names, configuration))
  const renamed = renaming(entries, removed)
  if (renamed !== undefined && canBeRenamed(renamed, configuration)) {
    changes.decide(renamed.from.streamId, { type: 'RenameStream', to: vault.seal(renamed.to.stream.name) })
    return entries.map(entry =>
      linked(entry, entry === renamed.to ? renamed.from.streamId : idOf(entry, configuration)),
    )
  }
  for (const { streamId } of removed)
    if (findStreamById(database, streamId) !== undefined) changes.decide(streamId, { type: 'RemoveStream' })
  return entries.map(entry =>
    linked(entry, entry.changed ? setEntry(entry, changes, configuration) : idOf(entry, configuration)),
  )
}

/** A stream of the file beside what the file said before. */
interface Entry {
  readonly stream: WrittenStream
  /** With secret references, as are the sources. */
  readonly name: string
  readonly sources: readonly string[]
  readonly before: LinkedStream | undefined
  readonly changed: boolean
}

const describeEntry = (stream: WrittenStream, before: readonly LinkedStream[], vault: SecretVault): Entry => {
  const name = vault.describe(stream.name)
  const sources = stream.sources.map(source => vault.describe(source))
  const earlier = before.find(candidate => candidate.name === name)
  return { stream, name, sources, before: earlier, changed: !earlier || !sameSources(earlier.sources, sources) }
}

/** A rename of ours that was written and, because the server ended, not remembered. */
const isUnderOtherName = (
  { streamId }: LinkedStream,
  names: ReadonlySet<string>,
  { database }: Configuration,
): boolean => {
  const stream = findStreamById(database, streamId)
  return stream !== undefined && names.has(stream.name)
}

interface Renaming {
  readonly from: LinkedStream
  readonly to: Entry
}

/** A rename cannot be told from a removal and an addition, but for one: the same sources, once. */
const renaming = (entries: readonly Entry[], removed: readonly LinkedStream[]): Renaming | undefined => {
  const added = entries.filter(entry => entry.before === undefined)
  const [from] = removed
  const [to] = added
  if (removed.length !== 1 || added.length !== 1 || from === undefined || to === undefined) return undefined
  return sameSources(from.sources, to.sources) && from.sources.length > 0 ? { from, to } : undefined
}

/** Whether the stream is still there, and nobody else has the new name by now. */
const canBeRenamed = ({ from, to }: Renaming, { database }: Configuration): boolean => {
  const owner = findStreamByName(database, to.name)
  return findStreamById(database, from.streamId) !== undefined && (owner === undefined || owner.id === from.streamId)
}

/** The file wins: what it says becomes so, for the stream it meant before or the one of that name. */
const setEntry = (entry: Entry, changes: ChangeSet, configuration: Configuration): string => {
  const { vault } = configuration
  const sources = entry.stream.sources.map(source => vault.seal(source))
  const existing = owner(entry, configuration)
  if (existing !== undefined) {
    changes.decide(existing.id, { type: 'ChangeSources', sources })
    return existing.id
  }
  const streamId = entry.before?.streamId ?? randomUUID()
  changes.decide(streamId, { type: 'AddStream', name: vault.seal(entry.stream.name), sources })
  return streamId
}

const owner = ({ before, name }: Entry, { database }: Configuration): ListedStream | undefined =>
  (before && findStreamById(database, before.streamId)) ?? findStreamByName(database, name)

const idOf = (entry: Entry, configuration: Configuration): string =>
  owner(entry, configuration)?.id ?? entry.before?.streamId ?? ''

const linked = ({ name, sources }: Entry, streamId: string): LinkedStream => ({ name, streamId, sources })
