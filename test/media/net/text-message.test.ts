import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatTextMessage,
  headerOf,
  headersOf,
  parseRequestLine,
  parseStatusLine,
  parseTextMessage,
  textLimits,
} from '#media/net/text-message.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'

const rows = [
  {
    name: 'a request',
    text: 'OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n',
    startLine: 'OPTIONS rtsp://a/b RTSP/1.0',
    headers: [['CSeq', '1']],
    body: '',
  },
  {
    name: 'a response with a body',
    text: 'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nv=0\r\nRTSP/1.0 next',
    startLine: 'RTSP/1.0 200 OK',
    headers: [
      ['CSeq', '2'],
      ['Content-Length', '5'],
    ],
    body: 'v=0\r\n',
  },
  {
    name: 'lines that end in LF alone',
    text: 'RTSP/1.0 200 OK\ncseq:3\ncontent-length :  2 \n\nab',
    startLine: 'RTSP/1.0 200 OK',
    headers: [
      ['cseq', '3'],
      ['content-length', '2'],
    ],
    body: 'ab',
  },
  {
    name: 'a folded header',
    text: 'RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n\t PLAY\r\n\r\n',
    startLine: 'RTSP/1.0 200 OK',
    headers: [['Public', 'OPTIONS, PLAY']],
    body: '',
  },
  {
    name: 'colons, commas and other alphabets in a value',
    text: 'DESCRIBE rtsp://a/b RTSP/1.0\r\nUser-Agent: Küche: a, b\r\nEmpty:\r\n\r\n',
    startLine: 'DESCRIBE rtsp://a/b RTSP/1.0',
    headers: [
      ['User-Agent', 'Küche: a, b'],
      ['Empty', ''],
    ],
    body: '',
  },
  {
    name: 'the same length twice',
    text: 'RTSP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx',
    startLine: 'RTSP/1.0 200 OK',
    headers: [
      ['Content-Length', '1'],
      ['Content-Length', '1'],
    ],
    body: 'x',
  },
]

describe('a message', () => {
  test.each(rows)('is read: $name', ({ text, startLine, headers, body }) => {
    const parsed = parseTextMessage(Buffer.from(text))
    expect({ ...parsed?.message, body: parsed?.message.body.toString() }).toEqual({ startLine, headers, body })
  })

  test.each(rows)('is not there yet while a byte is missing: $name', ({ text }) => {
    const whole = Buffer.from(text)
    const { sizeBytes } = parseTextMessage(whole)!
    for (let size = 0; size < sizeBytes; size++) expect(parseTextMessage(whole.subarray(0, size))).toBeUndefined()
  })

  test.each([
    ['no start line', '\r\n\r\n'],
    ['a header without a colon', 'RTSP/1.0 200 OK\r\nCSeq 1\r\n\r\n'],
    ['a header without a name', 'RTSP/1.0 200 OK\r\n: 1\r\n\r\n'],
    ['a name with a space', 'RTSP/1.0 200 OK\r\na b: 1\r\n\r\n'],
    ['a folded line before any header', 'RTSP/1.0 200 OK\r\n CSeq: 1\r\n\r\n'],
    ['a carriage return inside a value', 'RTSP/1.0 200 OK\r\nCSeq: 1\rX: 2\r\n\r\n'],
    ['a zero byte', 'RTSP/1.0 200 OK\r\nCSeq: \0\r\n\r\n'],
    ['a control character in the start line', 'RTSP/1.0 200\x07OK\r\n\r\n'],
    ['a length that is no number', 'RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['two lengths', 'RTSP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ])('is broken with %s', (_name, text) => {
    expect(() => parseTextMessage(Buffer.from(text))).toThrow(MalformedError)
  })

  test.each([
    ['a head without an end', 'A'.repeat(textLimits.headBytesMax)],
    ['a head that ends too late', `A: ${'a'.repeat(textLimits.headBytesMax)}\r\n\r\n`],
    ['too many headers', `RTSP/1.0 200 OK\r\n${'a: b\r\n'.repeat(textLimits.headersMax + 1)}\r\n`],
    ['too long a body', `RTSP/1.0 200 OK\r\nContent-Length: ${textLimits.bodyBytesMax + 1}\r\n\r\n`],
  ])('is unwelcome with %s', (_name, text) => {
    expect(() => parseTextMessage(Buffer.from(text))).toThrow(LimitError)
  })

  test('of any bytes is read, not there yet, or refused', () => {
    const limits = { headBytesMax: 200, bodyBytesMax: 100, headersMax: 4 }
    const flipped = fc
      .tuple(fc.constantFrom(...rows), fc.nat(), fc.nat(255))
      .map(([{ text }, at, value]) => Buffer.from(text).fill(value, at % text.length, (at % text.length) + 1))
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array)),
      flipped,
    )
    fc.assert(
      fc.property(bytes, input => {
        const before = Buffer.from(input)
        try {
          const parsed = parseTextMessage(input, limits)
          if (parsed !== undefined) expect(parsed.sizeBytes).toBeLessThanOrEqual(input.length)
        } catch (error) {
          expect(error instanceof MalformedError || error instanceof LimitError).toBe(true)
        }
        expect(input).toEqual(before)
      }),
    )
  })

  const token = fc.stringMatching(/^[A-Za-z-]{1,12}$/)
  const value = fc.stringMatching(/^[!-~äß€]( ?[!-~äß€]){0,20}$/)
  test('is what was written', () => {
    const message = fc.record({
      startLine: fc.stringMatching(/^[A-Z]{3,9} [!-~]{1,30} RTSP\/1\.0$/),
      headers: fc.array(
        fc.tuple(
          fc.constant('X-').chain(prefix => token.map(name => prefix + name)),
          value,
        ),
      ),
      body: fc.uint8Array({ maxLength: 50 }).map(bytes => Buffer.from(bytes)),
    })
    fc.assert(
      fc.property(message, written => {
        const { message: read } = parseTextMessage(formatTextMessage(written))!
        expect(read.startLine).toBe(written.startLine)
        expect(read.headers.filter(([name]) => name !== 'Content-Length')).toEqual(written.headers)
        expect(read.body).toEqual(written.body)
      }),
    )
  })

  test('is not written with what would end a line', () => {
    const headers = [['CSeq', '1\r\nX: 2']] as const
    expect(() => formatTextMessage({ startLine: 'A', headers, body: Buffer.alloc(0) })).toThrow(MalformedError)
  })
})

describe('headers', () => {
  const headers = [
    ['WWW-Authenticate', 'Digest'],
    ['CSeq', '1'],
    ['www-authenticate', 'Basic'],
  ] as const

  test('are found in any case', () => {
    expect(headerOf(headers, 'cseq')).toBe('1')
    expect(headerOf(headers, 'Session')).toBeUndefined()
    expect(headersOf(headers, 'WWW-authenticate')).toEqual(['Digest', 'Basic'])
  })
})

describe('a start line', () => {
  test('of a request is taken apart', () => {
    expect(parseRequestLine('GET_PARAMETER rtsp://a/b?c RTSP/1.0')).toEqual({
      method: 'GET_PARAMETER',
      target: 'rtsp://a/b?c',
      protocol: 'RTSP/1.0',
    })
  })

  test.each(['', 'PLAY', 'PLAY rtsp://a', 'play rtsp://a RTSP/1.0', 'PLAY a b RTSP/1.0', 'PLAY a RTSP'])(
    'of a request is refused: "%s"',
    line => {
      expect(() => parseRequestLine(line)).toThrow(MalformedError)
    },
  )

  test.each([
    ['RTSP/1.0 200 OK', { protocol: 'RTSP/1.0', status: 200, reason: 'OK' }],
    ['RTSP/1.0 404', { protocol: 'RTSP/1.0', status: 404, reason: '' }],
    ['HTTP/1.1 401 Not Allowed', { protocol: 'HTTP/1.1', status: 401, reason: 'Not Allowed' }],
  ])('of a response is taken apart: "%s"', (line, fields) => {
    expect(parseStatusLine(line)).toEqual(fields)
  })

  test.each(['', 'RTSP/1.0', 'RTSP/1.0 OK', 'RTSP/1.0 2000', 'RTSP 200 OK'])('of a response is refused: "%s"', line => {
    expect(() => parseStatusLine(line)).toThrow(MalformedError)
  })
})
