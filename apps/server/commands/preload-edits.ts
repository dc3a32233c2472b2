import type { PreloadEdit } from '../config/yaml-edit.ts'
import type { WrittenPreload } from '../config/yaml-streams.ts'
import type { SecretVault } from '../database/secret-vault.ts'
import type { ListedStream } from '../projections/stream-list/stream-list-queries.ts'
import type { LinkedStream } from './linked-streams.ts'

/**
 * What must change under `preload:` so that the file says what the configuration says. A line that was never a
 * stream's of ours stays.
 */
export const preloadEdits = (
  written: readonly WrittenPreload[],
  linked: readonly LinkedStream[],
  streams: readonly ListedStream[],
  vault: SecretVault,
): readonly PreloadEdit[] => {
  const inFile = new Map(written.map(({ name, query }) => [name, query]))
  const known = linked.filter(({ preload }) => preload !== undefined)
  const knownNames = new Map(known.map(({ streamId, name }) => [streamId, vault.open(name)]))
  const claimed = new Set<string>()
  const edits: PreloadEdit[] = []
  for (const stream of streams) {
    if (stream.preload === undefined) continue
    const to = { name: vault.open(stream.name), query: vault.open(stream.preload) }
    // Its own name first: two streams may have changed names with each other.
    const from = [to.name, knownNames.get(stream.id)].find(
      candidate => candidate !== undefined && inFile.has(candidate) && !claimed.has(candidate),
    )
    if (from !== undefined) claimed.add(from)
    if (from === undefined) edits.push({ to })
    else if (from !== to.name || inFile.get(from) !== to.query) edits.push({ from, to })
  }
  const ours = new Set(knownNames.values())
  for (const { name } of written) if (ours.has(name) && !claimed.has(name)) edits.push({ from: name })
  return edits
}
