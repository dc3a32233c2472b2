import { LimitError, MalformedError } from '../runtime/errors.ts'

/** Bytes a description may have: the longest real ones, with several parameter sets, stay below 8 KiB. */
const DESCRIPTION_BYTES_MAX = 64 * 1024
/** Lines and medias: far above any camera's. */
const LINES_MAX = 1024
const MEDIAS_MAX = 32

/** `a=name:value`; the value is empty when there is no colon. */
export type SdpAttribute = readonly [name: string, value: string]

/** One `m=` line and what belongs to it (RFC 8866 §5.14). */
export interface SdpMedia {
  /** `video`, `audio`, `application`, …: as written. */
  readonly type: string
  readonly port: number
  /** `RTP/AVP`. */
  readonly protocol: string
  /** Payload types, for RTP. */
  readonly formats: readonly string[]
  /** `b=` lines, such as `AS:128`. */
  readonly bandwidths: readonly string[]
  readonly attributes: readonly SdpAttribute[]
}

/** A session description (RFC 8866 §5), as far as streaming needs it: times, keys and contacts are not kept. */
export interface SessionDescription {
  /** `o=` as written; empty when missing. */
  readonly origin: string
  /** `s=` as written; empty when missing. */
  readonly name: string
  /** `c=` as written; empty when missing. */
  readonly connection: string
  readonly attributes: readonly SdpAttribute[]
  readonly medias: readonly SdpMedia[]
}

/** Reads a description. Lines may end in LF alone, the last one in nothing. Throws `MalformedError` and `LimitError`. */
export const parseSessionDescription = (text: string): SessionDescription => {
  if (text.length > DESCRIPTION_BYTES_MAX) throw new LimitError('bytes of a session description', DESCRIPTION_BYTES_MAX)
  const lines = text.split(/\r?\n/, LINES_MAX + 1)
  if (lines.length > LINES_MAX) throw new LimitError('lines of a session description', LINES_MAX)
  const reader = new DescriptionReader()
  let offset = 0
  for (const line of lines) {
    if (line !== '') reader.read(line, offset)
    offset += line.length + 1
  }
  return reader.finish()
}

/** Writes a description as a server sends it: without times, as a live one has none. */
export const formatSessionDescription = (description: SessionDescription): string => {
  const { origin, name, connection, attributes, medias } = description
  const lines = ['v=0', `o=${origin}`, `s=${name}`, `c=${connection}`, 't=0 0', ...attributes.map(formatAttribute)]
  for (const media of medias) {
    lines.push(`m=${[media.type, media.port, media.protocol, ...media.formats].join(' ')}`)
    for (const bandwidth of media.bandwidths) lines.push(`b=${bandwidth}`)
    lines.push(...media.attributes.map(formatAttribute))
  }
  return `${lines.join('\r\n')}\r\n`
}

/** The first attribute of a name; `undefined` when there is none. */
export const attributeOf = (attributes: readonly SdpAttribute[], name: string): string | undefined =>
  attributes.find(([one]) => one === name)?.[1]

const formatAttribute = ([name, value]: SdpAttribute): string => (value === '' ? `a=${name}` : `a=${name}:${value}`)

interface OpenMedia extends SdpMedia {
  readonly formats: readonly string[]
  readonly bandwidths: string[]
  readonly attributes: SdpAttribute[]
}

class DescriptionReader {
  readonly #session = new Map<string, string>()
  readonly #attributes: SdpAttribute[] = []
  readonly #medias: OpenMedia[] = []
  #begun = false

  read(line: string, offset: number): void {
    const [, type, value] = /^([a-z])=(.*)$/.exec(line) ?? []
    if (type === undefined || value === undefined) throw new MalformedError('a line that is not "type=value"', offset)
    if (!this.#begun) {
      if (type !== 'v' || value.trim() !== '0') throw new MalformedError('a session description without v=0', offset)
      this.#begun = true
      return
    }
    const media = this.#medias.at(-1)
    if (type === 'm') this.#medias.push(parseMedia(value, offset))
    else if (type === 'a') (media?.attributes ?? this.#attributes).push(parseAttribute(value))
    else if (type === 'b') media?.bandwidths.push(value.trim())
    else if (media === undefined) this.#readSession(type, value, offset)
    if (this.#medias.length > MEDIAS_MAX) throw new LimitError('medias of a session description', MEDIAS_MAX)
  }

  finish(): SessionDescription {
    if (!this.#begun) throw new MalformedError('an empty session description')
    return {
      origin: this.#session.get('o') ?? '',
      name: this.#session.get('s') ?? '',
      connection: this.#session.get('c') ?? '',
      attributes: this.#attributes,
      medias: this.#medias,
    }
  }

  #readSession(type: string, value: string, offset: number): void {
    const once = type === 'v' || type === 'o' || type === 's'
    if (once && (this.#session.has(type) || type === 'v')) throw new MalformedError(`a second ${type}= line`, offset)
    if (type === 'c' && !/^\S+ \S+ \S+$/.test(value)) throw new MalformedError('a broken c= line', offset)
    this.#session.set(type, value)
  }
}

const parseMedia = (value: string, offset: number): OpenMedia => {
  const [type = '', portText = '', protocol = '', ...formats] = value.trim().split(/ +/)
  const port = /^(\d{1,5})(?:\/\d+)?$/.exec(portText)?.[1]
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(type) || port === undefined || protocol === '' || Number(port) > 65_535)
    throw new MalformedError('a broken m= line', offset)
  return { type, port: Number(port), protocol, formats, bandwidths: [], attributes: [] }
}

const parseAttribute = (value: string): SdpAttribute => {
  const at = value.indexOf(':')
  return at < 0 ? [value.trim(), ''] : [value.slice(0, at).trim(), value.slice(at + 1).trim()]
}
