import { LimitError, MalformedError } from '../runtime/errors.ts'

/** Header fields in the order they came; names may repeat and keep their case. */
export type TextHeaders = readonly (readonly [name: string, value: string])[]

/** One message of RTSP or HTTP: start line, headers, body (RFC 2326 §4, RFC 9112 §2.1). */
export interface TextMessage {
  readonly startLine: string
  readonly headers: TextHeaders
  readonly body: Buffer
}

/** What a message may have. */
export interface TextLimits {
  readonly headBytesMax: number
  readonly bodyBytesMax: number
  readonly headersMax: number
}

/** Far above what any camera or player sends: a head is hundreds of bytes, a session description thousands. */
export const textLimits: TextLimits = { headBytesMax: 64 * 1024, bodyBytesMax: 1024 * 1024, headersMax: 128 }

/** A head whose end has been seen. */
export interface TextHead {
  readonly startLine: string
  readonly headers: TextHeaders
  /** With the empty line. */
  readonly headBytes: number
  /** As `Content-Length` tells; 0 without. */
  readonly bodyBytes: number
}

const LF = 0x0a
const CR = 0x0d
const CONTROL_CHARACTER = /[^\t\x20-\u{10ffff}]|\x7f/u

/**
 * Reads a head at the start of `bytes`; `undefined` when its end has not come yet. Lines may end
 * in LF alone, as RFC 9112 §2.2 allows. Throws `MalformedError` and `LimitError`.
 */
export const parseHead = (bytes: Buffer, limits = textLimits): TextHead | undefined => {
  const headBytes = endOfHead(bytes, limits)
  if (headBytes === undefined) return undefined
  const [startLine = '', ...lines] = bytes.toString('utf8', 0, headBytes).trimEnd().split(/\r?\n/)
  if (startLine === '') throw new MalformedError('a message without a start line')
  if (CONTROL_CHARACTER.test(startLine)) throw new MalformedError('a control character in the start line')
  const headers = parseHeaders(lines, limits)
  return { startLine, headers, headBytes, bodyBytes: contentLength(headers, limits) }
}

/**
 * Reads one whole message at the start of `bytes`; `undefined` when more is to come. The body is a
 * view. Throws `MalformedError` and `LimitError`.
 */
export const parseTextMessage = (
  bytes: Buffer,
  limits = textLimits,
): { readonly message: TextMessage; readonly sizeBytes: number } | undefined => {
  const head = parseHead(bytes, limits)
  if (head === undefined || bytes.length < head.headBytes + head.bodyBytes) return undefined
  const sizeBytes = head.headBytes + head.bodyBytes
  const { startLine, headers } = head
  return { message: { startLine, headers, body: bytes.subarray(head.headBytes, sizeBytes) }, sizeBytes }
}

/** Writes a message, with `Content-Length` when it has a body and no such header. Throws `MalformedError` on control characters. */
export const formatTextMessage = (message: TextMessage): Buffer => {
  const { startLine, headers, body } = message
  const lines = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)]
  if (body.length > 0 && headerOf(headers, 'Content-Length') === undefined) lines.push(`Content-Length: ${body.length}`)
  for (const line of lines)
    if (CONTROL_CHARACTER.test(line)) throw new MalformedError('a control character in a message to be sent')
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8')
  return body.length === 0 ? head : Buffer.concat([head, body])
}

/** The first header of a name, in any case. */
export const headerOf = (headers: TextHeaders, name: string): string | undefined => {
  const wanted = name.toLowerCase()
  return headers.find(([one]) => one.toLowerCase() === wanted)?.[1]
}

/** Every header of a name, in any case. */
export const headersOf = (headers: TextHeaders, name: string): readonly string[] => {
  const wanted = name.toLowerCase()
  return headers.filter(([one]) => one.toLowerCase() === wanted).map(([, value]) => value)
}

/** `METHOD target PROTOCOL/1.0` taken apart. */
export interface RequestLine {
  readonly method: string
  readonly target: string
  readonly protocol: string
}

/** Reads the start line of a request (RFC 2326 §6.1). Throws `MalformedError`. */
export const parseRequestLine = (startLine: string): RequestLine => {
  const [, method, target, protocol] = /^([A-Z_]{1,32}) (\S+) ([A-Z]+\/\d\.\d)$/.exec(startLine) ?? []
  if (method === undefined || target === undefined || protocol === undefined)
    throw new MalformedError('a request line that is none')
  return { method, target, protocol }
}

/** `PROTOCOL/1.0 200 OK` taken apart. */
export interface StatusLine {
  readonly protocol: string
  readonly status: number
  readonly reason: string
}

/** Reads the start line of a response (RFC 2326 §7.1). Throws `MalformedError`. */
export const parseStatusLine = (startLine: string): StatusLine => {
  const [, protocol, status, reason] = /^([A-Z]+\/\d\.\d) (\d{3})(?: (.*))?$/.exec(startLine) ?? []
  if (protocol === undefined || status === undefined) throw new MalformedError('a status line that is none')
  return { protocol, status: Number(status), reason: reason ?? '' }
}

const endOfHead = (bytes: Buffer, limits: TextLimits): number | undefined => {
  let at = bytes.indexOf(LF)
  while (at >= 0 && at < limits.headBytesMax) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1
    if (bytes[next] === LF) return next + 1
    at = bytes.indexOf(LF, at + 1)
  }
  if (bytes.length >= limits.headBytesMax) throw new LimitError('bytes of a message head', limits.headBytesMax)
  return undefined
}

const parseHeaders = (lines: readonly string[], limits: TextLimits): TextHeaders => {
  const headers: [string, string][] = []
  for (const line of lines) {
    if (CONTROL_CHARACTER.test(line)) throw new MalformedError('a control character in a header')
    const last = headers.at(-1)
    if (/^[ \t]/.test(line) && last !== undefined) {
      // A folded header (RFC 2326 §4.2, by way of RFC 2068 §4.2).
      last[1] = `${last[1]} ${line.trim()}`
      continue
    }
    const [, name, value] = /^([^\s:]+)[ \t]*:(.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) throw new MalformedError('a header line without a name')
    if (headers.length >= limits.headersMax) throw new LimitError('headers of a message', limits.headersMax)
    headers.push([name, value.trim()])
  }
  return headers
}

const contentLength = (headers: TextHeaders, limits: TextLimits): number => {
  const lengths = new Set(headersOf(headers, 'Content-Length'))
  if (lengths.size === 0) return 0
  const [length = ''] = lengths
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw new MalformedError('a content length that is none')
  if (Number(length) > limits.bodyBytesMax) throw new LimitError('bytes of a message body', limits.bodyBytesMax)
  return Number(length)
}
