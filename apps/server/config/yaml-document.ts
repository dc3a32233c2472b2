import {
  type Alias,
  type Document,
  isAlias,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'

/** Characters a file may have: a real one has some thousands. */
const TEXT_CHARACTERS_MAX = 4 * 1024 * 1024

/** A place in a text, from 1, and what is to be said about it. */
export interface TextNote {
  readonly message: string
  readonly line?: number
  readonly column?: number
}

/** A text that is not understood: `note` says where and why. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError'
  readonly code = 'yaml_syntax'
  readonly note: TextNote

  constructor(note: TextNote) {
    super(note.message)
    this.note = note
  }
}

/** A parsed text: every scalar is its source text, never a number (`0123`, `1e5` and `yes` stay what was written). */
export class YamlDocument {
  readonly text: string
  readonly document: Document.Parsed
  readonly #lines: LineCounter
  readonly #targets: ReadonlyMap<Alias, Node>

  /** Throws `YamlSyntaxError`. */
  constructor(text: string) {
    if (text.length > TEXT_CHARACTERS_MAX)
      throw new YamlSyntaxError({ message: `the file is larger than ${TEXT_CHARACTERS_MAX / 1024 / 1024} MB` })
    this.text = text
    this.#lines = new LineCounter()
    try {
      this.document = parse(text, this.#lines)
      const [first] = this.document.errors
      if (first !== undefined) throw new YamlSyntaxError(this.note(sentence(first), first.pos[0]))
      this.#targets = aliasTargets(this.document, alias => {
        throw new YamlSyntaxError(this.noteOn(`*${alias.source} has no &${alias.source} before it`, alias))
      })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new YamlSyntaxError({ message: 'the file is nested too deeply' })
    }
  }

  /** A note on what stands at an offset. */
  note(message: string, offset: number | undefined): TextNote {
    if (offset === undefined) return { message }
    const { line, col } = this.#lines.linePos(offset)
    // A counter that has seen no line yet says 0.
    return { message, line: Math.max(line, 1), column: Math.max(col, 1) }
  }

  /** A note on a node. */
  noteOn(message: string, node: unknown): TextNote {
    return this.note(message, startOf(node))
  }

  /** What an alias stands for; any other node is itself. */
  resolve(node: unknown): unknown {
    return isAlias(node) ? this.#targets.get(node) : node
  }

  /** The aliases that stand for a node. */
  aliasesOf(target: unknown): readonly Alias[] {
    return [...this.#targets].filter(([, node]) => node === target).map(([alias]) => alias)
  }
}

/** Whether a node means "nothing": empty, `~` or `null`, not in quotes. */
export const isNothing = (node: unknown): boolean =>
  node === null ||
  node === undefined ||
  (isScalar(node) && (node.type ?? 'PLAIN') === 'PLAIN' && /^(?:~|null|Null|NULL|)$/.test(String(node.value ?? '')))

const startOf = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? (node.range[0] as number)
    : undefined

const parse = (text: string, lineCounter: LineCounter): Document.Parsed =>
  parseDocument(text, {
    version: '1.2',
    schema: 'failsafe',
    strict: true,
    uniqueKeys: true,
    keepSourceTokens: true,
    prettyErrors: false,
    // Less than this, and a second document would be dropped without a word.
    logLevel: 'error',
    lineCounter,
  })

/** An anchor may be given again: an alias stands for the one last seen before it. */
const aliasTargets = (document: Document.Parsed, onStray: (alias: Alias) => never): ReadonlyMap<Alias, Node> => {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source)
        targets.set(node, target ?? onStray(node))
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return targets
}

/** What the parser's complaints mean to the person who wrote the file. */
const SENTENCES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is there twice',
  TAB_AS_INDENT: 'a tab cannot indent a line: use spaces',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BAD_ALIAS: 'an alias has a name that is not allowed',
  MISSING_CHAR: 'a character is missing',
  MULTIPLE_DOCS: 'there is a second document after ---: only one can be read',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, with a colon after it',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  BLOCK_AS_IMPLICIT_KEY: 'a key with a list or keys below it cannot stand on this line',
  UNEXPECTED_TOKEN: 'something stands here that does not belong',
}

const sentence = ({ code, message }: YAMLError): string => {
  if (message.includes('call stack')) return 'the file is nested too deeply'
  const plain = SENTENCES[code]
  return plain === undefined ? message : `${plain} (${message})`
}
