import { isCollection, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml'
import { lineStart } from './text-patch.ts'
import { isNothing, type YamlDocument } from './yaml-document.ts'
import { isMergeKey } from './yaml-streams.ts'

/** A stretch of a file's text. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** Where a scalar, an alias or a flow collection stands, without its anchor and tag. */
export const rangeOf = (node: unknown): TextRange | undefined => {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined
  const [start, end] = node.range as [number, number]
  return { start, end }
}

/** Where what a node says is over: block collections end with their last item, not with the comments after it. */
export const contentEnd = (node: unknown): number | undefined => {
  if (!isCollection(node) || node.flow) return rangeOf(node)?.end
  const last = node.items.at(-1)
  if (isMap(node)) return last === undefined ? undefined : pairEnd(last as Pair)
  return contentEnd(last) ?? rangeOf(node)?.end
}

/** Where a pair is over. */
export const pairEnd = (pair: Pair): number | undefined => {
  const value = hasText(pair.value) ? contentEnd(pair.value) : undefined
  return value ?? colonEnd(pair) ?? rangeOf(pair.key)?.end
}

/** Just after a pair's colon. */
export const colonEnd = (pair: Pair): number | undefined => {
  const colon = pair.srcToken?.sep?.find(token => token.type === 'map-value-ind')
  return colon && colon.offset + 1
}

/** Whether there is any text for a node. */
export const hasText = (node: unknown): boolean => {
  const range = rangeOf(node)
  return range !== undefined && range.end > range.start
}

/** The column of an offset, from 0. */
export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset)

/** A top-level key that holds names with something each. */
export type SectionKey = 'streams' | 'preload'

/** The top-level `streams:` or `preload:`. */
export const sectionPair = ({ document }: YamlDocument, section: SectionKey): Pair | undefined => {
  const top = document.contents
  return isMap(top) ? top.items.find(({ key }) => isScalar(key) && key.value === section) : undefined
}

/** The map under such a key where it is written out there, not an alias. */
export const sectionMap = (yaml: YamlDocument, section: SectionKey): YAMLMap | undefined => {
  const value = sectionPair(yaml, section)?.value
  return isMap(value) ? value : undefined
}

/** The pair of a name that is written out in its section. */
export const findNamedPair = (yaml: YamlDocument, section: SectionKey, name: string): Pair | undefined =>
  sectionMap(yaml, section)?.items.find(
    ({ key }) => isScalar(key) && !isMergeKey(key) && String(key.value ?? '') === name,
  )

/** The value under `url:` in `{url: …}`; any other node is itself. */
export const urlPair = (value: unknown): Pair | undefined =>
  isMap(value) ? value.items.find(({ key }) => isScalar(key) && key.value === 'url') : undefined

/** Items that are all texts, so that each is one source; `undefined` otherwise. */
export const sourceItems = (value: unknown): readonly unknown[] | undefined =>
  isSeq(value) &&
  value.items.length > 0 &&
  value.items.every(item => isScalar(item) && !isNothing(item) && item.value !== '')
    ? value.items
    : undefined
