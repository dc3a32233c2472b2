import { isAlias, isCollection, isScalar, isSeq, type Pair } from 'yaml'
import { insertLines, lineBreakOf, lineEnd, lineStart, type TextPatch } from './text-patch.ts'
import type { YamlDocument } from './yaml-document.ts'
import { colonEnd, columnOf, contentEnd, hasText, rangeOf, sourceItems, urlPair } from './yaml-nodes.ts'
import { formatScalar, type ScalarStyle } from './yaml-scalar.ts'

/** Spaces a level is indented by when the file has no level of its own to follow. */
const INDENT = 2

/** Where a value stands. */
export interface ValuePlace {
  readonly yaml: YamlDocument
  readonly pair: Pair
  /** Whether its map is a flow map: `{a: b}`. */
  readonly flow: boolean
}

/** The patches that give a pair other sources, touching its own lines alone; `undefined` when this cannot be done. */
export const editValue = (place: ValuePlace, sources: readonly string[]): readonly TextPatch[] | undefined => {
  const { yaml, pair, flow } = place
  const { value } = pair
  const inner = urlPair(value)
  if (inner !== undefined && sources.length > 0)
    return editValue({ yaml, pair: inner, flow: flow || isFlow(value) }, sources)
  const [only] = sources
  if (sources.length === 1 && only !== undefined && isInPlace(value))
    return [replaceScalar(yaml.text, value, only, flow)]
  if (isSeq(value) && value.flow && sources.length > 0)
    return replaceRange(value, `[${sources.map(source => formatScalar(source, { flow: true })).join(', ')}]`)
  if (isSeq(value) && sources.length > 0) return editItems(place, sources) ?? rewriteValue(place, sources)
  return rewriteValue(place, sources)
}

/** The lines of a stream, as they are written when it is new. */
export const formatPair = (name: string, sources: readonly string[], indent: number): readonly string[] => {
  const key = `${' '.repeat(indent)}${formatScalar(name, { flow: false })}:`
  const [only, ...others] = sources
  if (only === undefined) return [key]
  if (others.length === 0) return [`${key} ${formatScalar(only, { flow: false })}`]
  return [key, ...sources.map(source => formatItem(source, indent + INDENT))]
}

/** A stream in a flow map. */
export const formatFlowPair = (name: string, sources: readonly string[]): string =>
  `${formatScalar(name, { flow: true })}: ${formatFlowValue(sources)}`

/** Sources where there is no room for lines. */
export const formatFlowValue = (sources: readonly string[]): string => {
  const [only, ...others] = sources.map(source => formatScalar(source, { flow: true }))
  if (only === undefined) return 'null'
  return others.length === 0 ? only : `[${[only, ...others].join(', ')}]`
}

const formatItem = (source: string, indent: number): string =>
  `${' '.repeat(indent)}- ${formatScalar(source, { flow: false })}`

const isFlow = (node: unknown): boolean => isCollection(node) && node.flow === true

const isInPlace = (value: unknown): boolean => hasText(value) && (isScalar(value) || isAlias(value))

const replaceScalar = (text: string, node: unknown, source: string, flow: boolean): TextPatch => {
  const { start, end } = rangeOf(node)!
  // Quotes around nothing were no choice of anybody.
  const style = isScalar(node) && node.value !== '' ? (node.type as ScalarStyle) : undefined
  // A block scalar goes up to and with its line break.
  const tail = text[end - 1] === '\n' ? lineBreakOf(text) : ''
  return { start, end, text: formatScalar(source, { flow, style: quoted(style) }) + tail }
}

const quoted = (style: ScalarStyle | undefined): ScalarStyle =>
  style === 'QUOTE_SINGLE' || style === 'QUOTE_DOUBLE' ? style : 'PLAIN'

const replaceRange = (node: unknown, text: string): readonly TextPatch[] => [{ ...rangeOf(node)!, text }]

/** Changes a block list item by item, so that what stands around the others stays. */
const editItems = ({ yaml, pair }: ValuePlace, sources: readonly string[]): readonly TextPatch[] | undefined => {
  const items = sourceItems(pair.value)
  if (items === undefined) return undefined
  const { text } = yaml
  const old = items.map(item => String((item as { value: unknown }).value))
  const before = commonStart(old, sources)
  const after = commonStart(old.slice(before).toReversed(), sources.slice(before).toReversed())
  const changed = items.slice(before, items.length - after)
  const wanted = sources.slice(before, sources.length - after)
  const patches: TextPatch[] = []
  for (const [index, item] of changed.entries()) {
    const source = wanted[index]
    if (source !== undefined) patches.push(replaceScalar(text, item, source, false))
    else {
      const lines = linesOfItem(text, item)
      if (lines === undefined) return undefined
      patches.push({ ...lines, text: '' })
    }
  }
  const added = wanted.slice(changed.length)
  if (added.length === 0) return patches
  const inserted = insertItems(text, items, before + changed.length, added)
  return inserted && [...patches, inserted]
}

const insertItems = (
  text: string,
  items: readonly unknown[],
  at: number,
  added: readonly string[],
): TextPatch | undefined => {
  const sibling = items[Math.max(at - 1, 0)]
  const lines = linesOfItem(text, sibling)
  if (lines === undefined) return undefined
  const indent = columnOf(text, text.indexOf('-', lines.start))
  // Before the first item is after the line above it.
  return insertLines(
    text,
    at === 0 ? lines.start : lines.end,
    added.map(source => formatItem(source, indent)),
  )
}

/** The whole lines of a list's item; `undefined` when something else stands on them. */
const linesOfItem = (text: string, item: unknown): { readonly start: number; readonly end: number } | undefined => {
  const range = rangeOf(item)
  if (range === undefined) return undefined
  const start = lineStart(text, range.start)
  if (!/^\s*- +(?:&\S+ +)?$/.test(text.slice(start, range.start))) return undefined
  return { start, end: lineEnd(text, range.end) }
}

const commonStart = (left: readonly string[], right: readonly string[]): number => {
  const different = left.findIndex((value, index) => value !== right[index])
  return different < 0 ? Math.min(left.length, right.length) : different
}

/** Writes a value anew, in its own form, in place of everything after the colon. */
const rewriteValue = (
  { yaml, pair, flow }: ValuePlace,
  sources: readonly string[],
): readonly TextPatch[] | undefined => {
  const { text } = yaml
  const start = colonEnd(pair)
  const key = rangeOf(pair.key)
  if (key === undefined) return undefined
  if (start === undefined)
    return flow ? [{ start: key.end, end: key.end, text: `: ${formatFlowValue(sources)}` }] : undefined
  const end = hasText(pair.value) ? contentEnd(pair.value)! : start
  if (flow) return [{ start, end, text: ` ${formatFlowValue(sources)}` }]
  const [first = '', ...items] = formatPair('x', sources, columnOf(text, key.start))
  const rest = first.slice(first.indexOf(':') + 1)
  const tail = end > start && text[end - 1] === '\n' ? lineBreakOf(text) : ''
  const removed = { start, end, text: rest + (items.length === 0 ? tail : '') }
  if (items.length === 0) return [removed]
  // What stands behind the old value on its line, a comment, stays on the key's line.
  if (tail === '') return [removed, insertLines(text, end, items)]
  return [{ ...removed, text: lineBreakOf(text) + items.join(lineBreakOf(text)) + tail }]
}
