import { referencesIn } from '../config/secret-template.ts'
import type { StreamEdit } from '../config/yaml-edit.ts'
import type { WrittenStream } from '../config/yaml-streams.ts'
import type { SecretVault } from '../database/secret-vault.ts'
import { sameSources } from '../domain/stream/stream.ts'
import type { ListedStream } from '../projections/stream-list/stream-list-queries.ts'
import type { LinkedStream } from './linked-streams.ts'

/** What must change in the file so that it says what the configuration says. Entries that are no streams stay. */
export const fileEdits = (
  written: readonly WrittenStream[],
  linked: readonly LinkedStream[],
  streams: readonly ListedStream[],
  vault: SecretVault,
): readonly StreamEdit[] => {
  const inFile = new Map(written.map(stream => [stream.name, stream.sources]))
  const linkedNames = new Map(linked.map(({ streamId, name }) => [streamId, vault.open(name)]))
  const claimed = new Set<string>()
  const edits: StreamEdit[] = []
  for (const stream of streams) {
    const name = vault.open(stream.name)
    const from = [linkedNames.get(stream.id), name].find(
      candidate => candidate !== undefined && inFile.has(candidate) && !claimed.has(candidate),
    )
    if (from !== undefined) claimed.add(from)
    if (!isWritable(stream, vault)) continue
    const to = { name, sources: stream.sources.map(template => vault.open(template)) }
    if (from === undefined) edits.push({ to })
    else if (from !== name || !sameSources(inFile.get(from)!, to.sources)) edits.push({ from, to })
  }
  const known = new Set(linkedNames.values())
  for (const { name } of written) if (known.has(name) && !claimed.has(name)) edits.push({ from: name })
  return edits
}

/** A password that is lost is not written as `***` over one that may still be right. */
const isWritable = ({ sources }: ListedStream, vault: SecretVault): boolean =>
  sources.every(template => referencesIn(template).every(reference => vault.has(reference)))
