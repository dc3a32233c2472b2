import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import {
  attributeOf,
  formatSessionDescription,
  parseSessionDescription,
  type SessionDescription,
} from '#media/sdp/session-description.ts'

const camera = [
  'v=0',
  'o=- 1 1 IN IP4 192.168.1.5',
  's=Media Presentation',
  'i=ignored',
  'c=IN IP4 0.0.0.0',
  'b=AS:5100',
  't=0 0',
  'a=control:rtsp://192.168.1.5/live/',
  'm=video 0 RTP/AVP 96',
  'c=IN IP4 0.0.0.0',
  'b=AS:5000',
  'a=recvonly',
  'a=rtpmap:96 H264/90000 ',
  'm=audio 49170/2 RTP/AVP 0 8',
  'a=control:trackID=2',
  '',
].join('\r\n')

const read: SessionDescription = {
  origin: '- 1 1 IN IP4 192.168.1.5',
  name: 'Media Presentation',
  connection: 'IN IP4 0.0.0.0',
  attributes: [['control', 'rtsp://192.168.1.5/live/']],
  medias: [
    {
      type: 'video',
      port: 0,
      protocol: 'RTP/AVP',
      formats: ['96'],
      bandwidths: ['AS:5000'],
      attributes: [
        ['recvonly', ''],
        ['rtpmap', '96 H264/90000'],
      ],
    },
    {
      type: 'audio',
      port: 49170,
      protocol: 'RTP/AVP',
      formats: ['0', '8'],
      bandwidths: [],
      attributes: [['control', 'trackID=2']],
    },
  ],
}

describe('a description', () => {
  test.each([
    ['as the standard has it', camera],
    ['with LF alone', camera.replaceAll('\r\n', '\n')],
    ['without an end of its last line', camera.trimEnd()],
    ['with empty lines', camera.replaceAll('\r\n', '\r\n\r\n')],
  ])('is read %s', (_name, text) => {
    expect(parseSessionDescription(text)).toEqual(read)
  })

  test('needs neither origin nor name nor address', () => {
    expect(parseSessionDescription('v=0')).toEqual({ origin: '', name: '', connection: '', attributes: [], medias: [] })
  })

  test.each([
    ['nothing in it', ''],
    ['no version', 'm=video 0 RTP/AVP 96\r\n'],
    ['another version', 'v=1\r\n'],
    ['a line that is none', 'v=0\r\nhello\r\n'],
    ['a capital type', 'v=0\r\nM=video 0 RTP/AVP 96\r\n'],
    ['two names', 'v=0\r\ns=a\r\ns=b\r\n'],
    ['two versions', 'v=0\r\nv=0\r\n'],
    ['a connection without an address', 'v=0\r\nc=IN\r\n'],
    ['a media without a port', 'v=0\r\nm=video\r\n'],
    ['a port beyond 65535', 'v=0\r\nm=video 65536 RTP/AVP 96\r\n'],
    ['a media without a protocol', 'v=0\r\nm=video 0\r\n'],
  ])('is broken with %s', (_name, text) => {
    expect(() => parseSessionDescription(text)).toThrow(MalformedError)
  })

  test('tells where it is broken', () => {
    expect(() => parseSessionDescription('v=0\nrubbish')).toThrow(expect.objectContaining({ offset: 4 }))
  })

  test.each([
    ['bytes', `v=0\r\na=${'x'.repeat(64 * 1024)}`],
    ['lines', `v=0\r\n${'a=x\r\n'.repeat(1024)}`],
    ['medias', `v=0\r\n${'m=video 0 RTP/AVP 96\r\n'.repeat(33)}`],
  ])('is unwelcome with too many %s', (_name, text) => {
    expect(() => parseSessionDescription(text)).toThrow(LimitError)
  })

  const word = fc.stringMatching(/^[a-zA-Z0-9.-]{1,12}$/)
  const attribute = fc.tuple(
    fc.stringMatching(/^[a-z-]{1,10}$/),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[!-~]( ?[!-~]){0,20}$/)),
  )
  const media = fc.record({
    type: word,
    port: fc.nat(65_535),
    protocol: fc.constantFrom('RTP/AVP', 'RTP/SAVPF', 'udp'),
    formats: fc.array(fc.nat(127).map(String), { minLength: 1, maxLength: 4 }),
    bandwidths: fc.array(fc.constant('AS:500'), { maxLength: 2 }),
    attributes: fc.array(attribute, { maxLength: 6 }),
  })
  const description = fc.record({
    origin: word,
    name: word,
    connection: fc.constant('IN IP4 0.0.0.0'),
    attributes: fc.array(attribute, { maxLength: 4 }),
    medias: fc.array(media, { maxLength: 4 }),
  })

  test('is what was written', () => {
    fc.assert(
      fc.property(description, written => {
        expect(parseSessionDescription(formatSessionDescription(written))).toEqual(written)
      }),
    )
  })

  test('of any text is read or refused', () => {
    const changed = fc
      .tuple(fc.nat(camera.length), fc.nat(camera.length), fc.string({ unit: 'binary', maxLength: 8 }))
      .map(([from, to, text]) => camera.slice(0, from) + text + camera.slice(to))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), changed), text => {
        try {
          parseSessionDescription(text)
        } catch (error) {
          expect(error instanceof MalformedError || error instanceof LimitError).toBe(true)
        }
      }),
    )
  })
})

test('the first attribute of a name counts', () => {
  const attributes = [
    ['control', '*'],
    ['control', 'trackID=1'],
  ] as const
  expect(attributeOf(attributes, 'control')).toBe('*')
  expect(attributeOf(attributes, 'range')).toBeUndefined()
})
