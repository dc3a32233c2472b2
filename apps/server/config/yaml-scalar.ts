/** How a scalar was quoted, in the parser's words. */
export type ScalarStyle = 'PLAIN' | 'QUOTE_SINGLE' | 'QUOTE_DOUBLE'

/** Where a scalar will stand: in a flow collection commas and brackets end it. */
export interface ScalarPlace {
  readonly flow: boolean
  /** The style to keep when the text allows it. Default: none preferred, plain when possible. */
  readonly style?: ScalarStyle | undefined
}

/** Words that mean something other than text to one YAML reader or another (1.1 and 1.2). */
const RESERVED = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.inf|\.nan|<<|=)$/i

/** Plain text that no reader takes for anything else: begins like a word or a path. */
const PLAIN = /^[a-z_/.][^\s"'`|>%@&*!?]*(?: [^\s"'`|>%@&*!?#][^\s"'`|>%@&*!?]*)*$/i

/** The characters a plain scalar may have beyond those, once it has begun. */
const HARMLESS_INSIDE = /["'`|>%@&*!?]/g

/** What must be escaped in double quotes: control characters, and line breaks of older YAML. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters it is about.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/

/** A text as a YAML scalar on one line, in quotes when it needs them. */
export const formatScalar = (text: string, { flow, style = 'PLAIN' }: ScalarPlace): string => {
  // go2rtc writes an empty text so.
  if (text === '' && style === 'PLAIN') return '""'
  if (UNPRINTABLE.test(text) || style === 'QUOTE_DOUBLE') return doubleQuoted(text)
  if (style === 'PLAIN' && isPlain(text, flow)) return text
  return `'${text.replaceAll("'", "''")}'`
}

const isPlain = (text: string, flow: boolean): boolean => {
  if (RESERVED.test(text) || !PLAIN.test(text[0] + text.slice(1).replace(HARMLESS_INSIDE, '_'))) return false
  if (/: |:$| #/.test(text) || text.startsWith('...')) return false
  // In a flow collection even `:` before one of these would begin a value.
  return !flow || !/[,[\]{}]|:$/.test(text)
}

const doubleQuoted = (text: string): string => {
  const escaped = [...text].map(character => {
    if (character === '"' || character === '\\') return `\\${character}`
    if (!UNPRINTABLE.test(character)) return character
    return SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return `"${escaped.join('')}"`
}

/** YAML 1.2 §5.7. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
