import { DomainRefusal } from '../domain/errors.ts'
import { sameSources } from '../domain/stream/stream.ts'
import type { StreamCommand } from '../domain/stream/stream-commands.ts'

/** What a stream is called and fed from, whatever its identity. */
export interface StreamShape {
  readonly name: string
  readonly sources: readonly string[]
  readonly preload?: string
}

/** An order with the stream it goes to. */
export interface PlannedChange {
  readonly streamId: string
  readonly command: StreamCommand
}

/** What each stream should be; `undefined`: not there. Streams that are not named stay as they are. */
export type WantedStreams = ReadonlyMap<string, StreamShape | undefined>

/**
 * The orders that lead from what is to what is wanted, such that no name is used twice on the way.
 * Pure. Throws `DomainRefusal` `name_taken` when a wanted name belongs to a stream that stays.
 */
export const planChanges = (
  current: ReadonlyMap<string, StreamShape>,
  wanted: WantedStreams,
): readonly PlannedChange[] => {
  const changes: PlannedChange[] = []
  const owners = new Map([...current].map(([id, { name }]) => [name, id]))
  for (const [streamId, want] of wanted) {
    const now = current.get(streamId)
    if (want !== undefined || now === undefined) continue
    changes.push({ streamId, command: { type: 'RemoveStream' } })
    owners.delete(now.name)
  }
  changes.push(...planNames(current, wanted, owners))
  for (const [streamId, want] of wanted) {
    const now = current.get(streamId)
    if (want === undefined || now === undefined || sameSources(now.sources, want.sources)) continue
    changes.push({ streamId, command: { type: 'ChangeSources', sources: want.sources } })
  }
  return [...changes, ...planPreloads(current, wanted)]
}

/** What ends comes first, so that no more run on the way than before or after. A stream that comes back comes without. */
const planPreloads = (current: ReadonlyMap<string, StreamShape>, wanted: WantedStreams): readonly PlannedChange[] => {
  const changes = [...wanted].flatMap(([streamId, want]): readonly PlannedChange[] =>
    want === undefined || current.get(streamId)?.preload === want.preload
      ? []
      : [{ streamId, command: { type: 'SetPreload', query: want.preload ?? null } }],
  )
  const ends = ({ command }: PlannedChange): boolean => command.type === 'SetPreload' && command.query === null
  return [...changes.filter(ends), ...changes.filter(change => !ends(change))]
}

/** Gives out names as they become free; a ring of names is opened by a name for the time being. */
const planNames = (
  current: ReadonlyMap<string, StreamShape>,
  wanted: WantedStreams,
  owners: Map<string, string>,
): readonly PlannedChange[] => {
  const changes: PlannedChange[] = []
  const names = new Map([...current].map(([id, { name }]) => [id, name]))
  const waiting = new Map([...wanted].filter(([id, want]) => want !== undefined && names.get(id) !== want.name))
  const take = (streamId: string, name: string, command: StreamCommand): void => {
    changes.push({ streamId, command })
    const before = names.get(streamId)
    if (before !== undefined) owners.delete(before)
    owners.set(name, streamId)
    names.set(streamId, name)
  }
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, want]) => !owners.has(want!.name))
    for (const [streamId, want] of ready) {
      if (owners.has(want!.name)) continue
      const { name, sources } = want!
      take(
        streamId,
        name,
        current.has(streamId) ? { type: 'RenameStream', to: name } : { type: 'AddStream', name, sources },
      )
      waiting.delete(streamId)
    }
    if (ready.length > 0) continue
    const blocked = [...waiting.values()].map(want => want!.name)
    const name = blocked.find(candidate => waiting.has(owners.get(candidate)!))
    if (name === undefined) throw new DomainRefusal('name_taken', `the name ${blocked[0]} is used by another stream`)
    const owner = owners.get(name)!
    const meanwhile = `~${owner}`
    take(owner, meanwhile, { type: 'RenameStream', to: meanwhile })
  }
  return changes
}
