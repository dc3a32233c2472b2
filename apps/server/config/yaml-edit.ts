import { createHash } from 'node:crypto'
import { type Alias, isCollection, isMap, isScalar, isSeq, type Pair, parseDocument, visit } from 'yaml'
import { applyPatches, insertLines, lineBreakOf, lineEnd, lineStart, type TextPatch } from './text-patch.ts'
import { isNothing, YamlDocument, YamlSyntaxError } from './yaml-document.ts'
import {
  colonEnd,
  columnOf,
  contentEnd,
  findNamedPair,
  hasText,
  pairEnd,
  rangeOf,
  type SectionKey,
  sectionMap,
  sectionPair,
} from './yaml-nodes.ts'
import { formatScalar, type ScalarStyle } from './yaml-scalar.ts'
import { preloadsOf, streamsOf, type WrittenPreload, type WrittenStream } from './yaml-streams.ts'
import { editValue, formatFlowPair, formatFlowValue, formatPair } from './yaml-value-edit.ts'

/** A change of one stream in a file: `from` alone removes it, `to` alone adds it, both change its name or sources. */
export interface StreamEdit {
  readonly from?: string
  readonly to?: WrittenStream
}

/** A change of one preload in a file: `from` alone removes it, `to` alone adds it, both change its name or query. */
export interface PreloadEdit {
  readonly from?: string
  readonly to?: WrittenPreload
}

/** A file in which a change cannot be written; `message` says why. */
export class YamlEditError extends Error {
  override readonly name = 'YamlEditError'
  readonly code = 'yaml_edit'
}

/**
 * A go2rtc.yaml with other streams. Every byte that does not belong to them stays: comments, order,
 * quoting, folded scalars, line breaks. What it returns has been read again and says exactly what was
 * wanted. Throws `YamlSyntaxError` for a text that is not understood, `YamlEditError` when nothing helps.
 */
export const editStreams = (text: string, edits: readonly StreamEdit[]): string => editSection(text, STREAMS, edits)

/** The same for other preloads. */
export const editPreloads = (text: string, edits: readonly PreloadEdit[]): string =>
  editSection(
    text,
    PRELOADS,
    edits.map(({ from, to }) => ({ ...(from !== undefined && { from }), ...(to && { to: asEntry(to) }) })),
  )

/** A top-level key and what it says; a preload is a name with exactly one text. */
interface Section {
  readonly key: SectionKey
  readonly read: (yaml: YamlDocument) => readonly WrittenStream[]
}

const asEntry = ({ name, query }: WrittenPreload): WrittenStream => ({ name, sources: [query] })

const STREAMS: Section = { key: 'streams', read: streamsOf }
const PRELOADS: Section = { key: 'preload', read: yaml => preloadsOf(yaml).map(asEntry) }

/** A section in its text. */
interface Place {
  readonly yaml: YamlDocument
  readonly section: Section
}

const editSection = (text: string, section: Section, edits: readonly StreamEdit[]): string => {
  if (edits.length === 0) return text
  const yaml = new YamlDocument(text)
  const before = { yaml, section }
  checkIsSection(before)
  const expected = { entries: keyed(wantedEntries(before, edits)), rest: fingerprintOfRest(before) }
  const attempts = [
    () => patchEntries(before, edits, false),
    () => patchEntries(before, edits, true),
    () => rewriteSection(before, expected.entries),
    () => rewriteDocument(before, expected.entries),
  ]
  for (const attempt of attempts) {
    const edited = attempt()
    if (edited !== undefined && says(edited, section, expected)) return edited
  }
  throw new YamlEditError('the change cannot be written into this file without changing something else in it')
}

/** What somebody wrote where names must stand is theirs: it is told, not replaced. */
const checkIsSection = ({ yaml, section: { key } }: Place): void => {
  const value = yaml.resolve(sectionPair(yaml, key)?.value)
  if (!isNothing(value) && !isMap(value)) throw new YamlEditError(`what stands under ${key}: is no list of names`)
}

interface Expected {
  readonly entries: ReadonlyMap<string, readonly string[]>
  readonly rest: string
}

const keyed = (entries: readonly WrittenStream[]): ReadonlyMap<string, readonly string[]> =>
  new Map(entries.map(({ name, sources }) => [name, sources]))

const wantedEntries = ({ yaml, section }: Place, edits: readonly StreamEdit[]): readonly WrittenStream[] => {
  const byName = new Map(edits.filter(edit => edit.from !== undefined).map(edit => [edit.from!, edit]))
  const kept = section.read(yaml).flatMap(entry => {
    const edit = byName.get(entry.name)
    if (edit === undefined) return [entry]
    return edit.to === undefined ? [] : [edit.to]
  })
  return [...kept, ...edits.filter(edit => edit.from === undefined).map(edit => edit.to!)]
}

const says = (text: string, section: Section, { entries, rest }: Expected): boolean => {
  try {
    const yaml = new YamlDocument(text)
    const found = section.read(yaml)
    const same = found.length === entries.size && found.every(({ name, sources }) => equal(entries.get(name), sources))
    return same && fingerprintOfRest({ yaml, section }) === rest
  } catch (error) {
    if (error instanceof YamlSyntaxError) return false
    throw error
  }
}

const equal = (left: readonly string[] | undefined, right: readonly string[]): boolean =>
  left !== undefined && left.length === right.length && left.every((source, index) => source === right[index])

/** What everything but the section says, aliases followed. */
const fingerprintOfRest = ({ yaml, section }: Place): string => {
  const known = new Map<unknown, string>()
  const describe = (node: unknown): string => {
    const target = yaml.resolve(node)
    const found = known.get(target)
    if (found !== undefined) return found
    known.set(target, 'within itself')
    const parts = isMap(target)
      ? target.items.map(pair => `${describe(pair.key)}:${describe(pair.value)}`)
      : isSeq(target)
        ? target.items.map(describe)
        : [isNothing(target) ? 'null' : JSON.stringify((target as { value?: unknown }).value)]
    const hash = createHash('sha1')
      .update(`${isCollection(target)} ${parts.join()}`)
      .digest('hex')
    known.set(target, hash)
    return hash
  }
  const top = yaml.document.contents
  if (!isMap(top)) return ''
  return top.items
    .filter(({ key }) => !(isScalar(key) && key.value === section.key))
    .map(pair => `${describe(pair.key)}:${describe(pair.value)}`)
    .join()
}

/** Touches the lines of the entries alone; with `unshare`, aliases of what is changed are written out first. */
const patchEntries = (place: Place, edits: readonly StreamEdit[], unshare: boolean): string | undefined => {
  const { yaml, section } = place
  const patches: TextPatch[] = []
  const added: WrittenStream[] = []
  const removed: Pair[] = []
  for (const { from, to } of edits) {
    const pair = from === undefined ? undefined : findNamedPair(yaml, section.key, from)
    if (pair === undefined) {
      // One that is merged in is written out under its name, over what is merged.
      if (to === undefined || (from !== undefined && from !== to.name)) return undefined
      added.push(to)
      continue
    }
    if (to === undefined) removed.push(pair)
    else {
      const changed = changePair(place, pair, from!, to)
      if (changed === undefined) return undefined
      patches.push(...changed)
    }
    if (unshare) patches.push(...writeOutAliases(yaml, pair))
  }
  const gone = removePairs(place, removed)
  const come = addPairs(place, added, removed)
  return gone && come && applyPatches(yaml.text, [...patches, ...gone, ...come])
}

const changePair = (
  { yaml, section }: Place,
  pair: Pair,
  from: string,
  to: WrittenStream,
): readonly TextPatch[] | undefined => {
  const flow = sectionMap(yaml, section.key)?.flow === true
  const patches: TextPatch[] = []
  if (from !== to.name) {
    const range = rangeOf(pair.key)
    if (range === undefined || !isScalar(pair.key)) return undefined
    const style = pair.key.type as ScalarStyle
    patches.push({ ...range, text: formatScalar(to.name, { flow, style: style === 'PLAIN' ? undefined : style }) })
  }
  const now = section.read(yaml).find(({ name }) => name === from)
  if (equal(now?.sources, to.sources)) return patches
  const value = editValue({ yaml, pair, flow }, to.sources)
  return value && [...patches, ...value]
}

/** Puts a value itself in place of every alias of something in an entry that is about to change. */
const writeOutAliases = (yaml: YamlDocument, pair: Pair): readonly TextPatch[] => {
  const patches: TextPatch[] = []
  const own = new Set<unknown>()
  visit(pair as never, { Node: (_key, node) => void own.add(node) })
  for (const node of own)
    for (const alias of yaml.aliasesOf(node)) if (!own.has(alias)) patches.push(...writeOut(yaml, alias))
  return patches
}

const writeOut = (yaml: YamlDocument, alias: Alias): readonly TextPatch[] => {
  const target = yaml.resolve(alias)
  const range = rangeOf(alias)
  const texts = isSeq(target) ? target.items.map(item => yaml.resolve(item)) : [target]
  if (range === undefined || !texts.every(isScalar)) return []
  const sources = texts.map(node => String(node.value))
  return [
    {
      ...range,
      text: isSeq(target)
        ? `[${sources.map(source => formatScalar(source, { flow: true })).join(', ')}]`
        : formatFlowValue(sources),
    },
  ]
}

const removePairs = ({ yaml, section }: Place, pairs: readonly Pair[]): readonly TextPatch[] | undefined => {
  const map = sectionMap(yaml, section.key)
  if (map === undefined || pairs.length === 0) return []
  if (map.flow) return removeFlowPairs(map.items, pairs)
  const patches: TextPatch[] = []
  for (const pair of pairs) {
    const key = rangeOf(pair.key)
    const end = pairEnd(pair)
    if (key === undefined || end === undefined) return undefined
    const start = lineStart(yaml.text, key.start)
    if (yaml.text.slice(start, key.start).trim() !== '') return undefined
    patches.push({ start, end: lineEnd(yaml.text, end), text: '' })
  }
  return patches
}

/** Neighbours in a flow map go together: with the comma after them, the last ones with the comma before them. */
const removeFlowPairs = (items: readonly Pair[], pairs: readonly Pair[]): readonly TextPatch[] | undefined => {
  const patches: TextPatch[] = []
  for (const [index, first] of items.entries()) {
    if (!pairs.includes(first) || pairs.includes(items[index - 1]!)) continue
    const next = items.slice(index).find(pair => !pairs.includes(pair))
    const last = next === undefined ? items.at(-1)! : first
    const before = items[index - 1]
    const start = before === undefined || next !== undefined ? rangeOf(first.key)?.start : pairEnd(before)
    const end = next === undefined ? pairEnd(last) : rangeOf(next.key)?.start
    if (start === undefined || end === undefined) return undefined
    patches.push({ start, end, text: '' })
  }
  return patches
}

const addPairs = (
  { yaml, section: { key } }: Place,
  added: readonly WrittenStream[],
  removed: readonly Pair[],
): readonly TextPatch[] | undefined => {
  if (added.length === 0) return []
  const { text } = yaml
  const section = sectionPair(yaml, key)
  const lines = (indent: number): readonly string[] =>
    added.flatMap(({ name, sources }) => formatPair(name, sources, indent))
  if (section === undefined) {
    const top = yaml.document.contents
    if (!isNothing(top) && (!isMap(top) || top.flow)) return undefined
    return [insertLines(text, text.length, [`${key}:`, ...lines(2)])]
  }
  const map = sectionMap(yaml, key)
  const kept = map?.items.filter(pair => !removed.includes(pair)) ?? []
  const last = kept.at(-1)
  if (map?.flow && last !== undefined) {
    const at = pairEnd(last)!
    return [
      { start: at, end: at, text: added.map(({ name, sources }) => `, ${formatFlowPair(name, sources)}`).join('') },
    ]
  }
  if (last === undefined) return fillSection(yaml, section, lines)
  const indent = columnOf(text, rangeOf(last.key)?.start ?? 0)
  return [insertLines(text, pairEnd(last) ?? 0, lines(indent))]
}

/** Fills a section that says nothing, `~` or `{}`, or whose entries all go. */
const fillSection = (
  { text }: YamlDocument,
  section: Pair,
  lines: (indent: number) => readonly string[],
): readonly TextPatch[] | undefined => {
  const start = colonEnd(section)
  const key = rangeOf(section.key)
  if (start === undefined || key === undefined) return undefined
  const { value } = section
  const inPlace = hasText(value) && (!isMap(value) || value.flow === true)
  const end = inPlace ? rangeOf(value)!.end : start
  const cleared = inPlace ? [{ start, end, text: '' }] : []
  return [...cleared, insertLines(text, end, lines(columnOf(text, key.start) + 2))]
}

/** Writes everything in the section anew. */
const rewriteSection = ({ yaml, section: { key: name } }: Place, entries: Expected['entries']): string | undefined => {
  const section = sectionPair(yaml, name)
  const top = yaml.document.contents
  const start = section && colonEnd(section)
  const key = section && rangeOf(section.key)
  if (section === undefined || start === undefined || key === undefined || !isMap(top) || top.flow) return undefined
  const { text } = yaml
  const end = hasText(section.value) ? (contentEnd(section.value) ?? start) : start
  const indent = columnOf(text, key.start) + 2
  const lines = [...entries].flatMap(([entry, sources]) => formatPair(entry, sources, indent))
  const lineBreak = lineBreakOf(text)
  const tail = end > start && text[end - 1] === '\n' ? lineBreak : ''
  return text.slice(0, start) + lines.map(line => lineBreak + line).join('') + tail + text.slice(end)
}

/** Lets the library write the whole file: comments and order stay, spacing and folding may not. */
const rewriteDocument = ({ yaml, section }: Place, entries: Expected['entries']): string | undefined => {
  const document = parseDocument(yaml.text, { version: '1.2', logLevel: 'silent' })
  const values = [...entries].map(([name, sources]) => [name, sources.length === 1 ? sources[0] : sources] as const)
  document.set(section.key, document.createNode(new Map(values)))
  try {
    return document.toString({ lineWidth: 0 })
  } catch {
    // The library refuses, for example, to write an alias whose anchor is gone.
    return undefined
  }
}
