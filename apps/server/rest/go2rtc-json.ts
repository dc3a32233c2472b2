/** Anything that Go's encoder would be given: a `Map` is a Go map, an object is a struct. */
export type GoValue =
  | string
  | number
  | boolean
  | null
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>
  | { readonly [field: string]: GoValue | undefined }

/** Spaces a level, where go2rtc writes for people. */
const PRETTY_INDENT = 2

/**
 * Text as Go's `encoding/json` writes it: the keys of maps sorted by their bytes, the fields of structs in their
 * order, `undefined` fields left out, `&`, `<`, `>` and U+2028/9 escaped, a line break at the end.
 */
export const goJson = (value: GoValue, layout: 'compact' | 'pretty' = 'compact'): string =>
  `${write(value, layout === 'pretty' ? '\n' : '')}\n`

const write = (value: GoValue, line: string): string => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'string') return quote(value)
  if (isList(value))
    return enclose(
      '[',
      value.map(item => write(item, deeper(line))),
      ']',
      line,
    )
  const entries =
    value instanceof Map
      ? [...value.entries()].sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
      : Object.entries(value)
  const colon = line === '' ? ':' : ': '
  const fields = entries.flatMap(([key, field]) =>
    field === undefined ? [] : [`${quote(key)}${colon}${write(field, deeper(line))}`],
  )
  return enclose('{', fields, '}', line)
}

const isList = (value: GoValue): value is readonly GoValue[] => Array.isArray(value)

const deeper = (line: string): string => (line === '' ? '' : line + ' '.repeat(PRETTY_INDENT))

const enclose = (open: string, items: readonly string[], close: string, line: string): string =>
  items.length === 0 ? open + close : `${open}${deeper(line)}${items.join(`,${deeper(line)}`)}${line}${close}`

const escapes: Readonly<Record<string, string>> = { '&': '\\u0026', '<': '\\u003c', '>': '\\u003e' }

/** go2rtc: HTML characters are escaped, as Go's encoder does unless told otherwise. */
const quote = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replace(
    /[&<>\u2028\u2029]/g,
    found => escapes[found] ?? `\\u${found.charCodeAt(0).toString(16)}`,
  )
