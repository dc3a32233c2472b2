import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTextMessage } from '#media/net/text-message.ts'
import { InterleavedReader } from '#media/protocols/rtsp/interleaved-reader.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { frame, rtpPacket } from '#test/helpers/scripted-camera.ts'

/** Frames as `channel:hex`, messages as their start line and body, in the order in which they came. */
class Heard {
  readonly items: string[] = []
  readonly payloads: Buffer[] = []
  skippedBytes = 0
  readonly reader = new InterleavedReader({
    frame: (channel, memory, start, end) => {
      const payload = memory.subarray(start, end)
      this.items.push(`${channel}:${payload.toString('hex')}`)
      this.payloads.push(payload)
    },
    message: ({ startLine, body }) => this.items.push(`${startLine}|${body}`),
    skipped: bytes => {
      this.skippedBytes += bytes
    },
  })

  push(...chunks: (Buffer | string)[]): this {
    for (const chunk of chunks) this.reader.push(Buffer.from(chunk))
    return this
  }
}

const ok = formatTextMessage({ startLine: 'RTSP/1.0 200 OK', headers: [['CSeq', '1']], body: Buffer.from('v=0') })
const options = formatTextMessage({ startLine: 'OPTIONS * RTSP/1.0', headers: [], body: Buffer.alloc(0) })
const first = frame(0, rtpPacket(96, 1, Buffer.from('one')))
const second = frame(1, rtpPacket(72, 2, Buffer.alloc(0)))
const empty = frame(7, Buffer.alloc(0))
const asHeard = (bytes: Buffer): string => `${bytes[1]}:${bytes.subarray(4).toString('hex')}`

const stream = Buffer.concat([ok, first, second, options, empty, Buffer.from('\r\n'), first])
const inStream = [
  'RTSP/1.0 200 OK|v=0',
  asHeard(first),
  asHeard(second),
  'OPTIONS * RTSP/1.0|',
  asHeard(empty),
  asHeard(first),
]

describe('messages and frames', () => {
  test('are told apart in one chunk', () => {
    expect(new Heard().push(stream).items).toEqual(inStream)
  })

  test('are whole however they are cut', () => {
    for (let size = 1; size <= 40; size++) {
      const heard = new Heard()
      for (let at = 0; at < stream.length; at += size) heard.push(stream.subarray(at, at + size))
      expect(heard.items).toEqual(inStream)
    }
  })

  test('are whole when the cuts are cuts of one memory, as a socket makes them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), cuts => {
        const memory = Buffer.from(new Uint8Array(stream).buffer)
        const heard = new Heard()
        const places = [0, ...cuts.toSorted((a, b) => a - b), memory.length]
        for (let i = 1; i < places.length; i++) heard.reader.push(memory.subarray(places[i - 1], places[i]))
        expect(heard.items).toEqual(inStream)
        // Nothing was copied: every frame is still a view of the one memory.
        for (const payload of heard.payloads) expect(payload.buffer).toBe(memory.buffer)
      }),
    )
  })

  test('that were handed on are never written again', () => {
    const heard = new Heard()
    for (const byte of stream) heard.push(Buffer.from([byte]))
    expect(heard.payloads.map(payload => payload.toString('hex'))).toEqual(
      [first, second, empty, first].map(bytes => bytes.subarray(4).toString('hex')),
    )
  })

  test('stop when the one who gets them says so', () => {
    const items: string[] = []
    const reader: InterleavedReader = new InterleavedReader({
      frame: () => {
        items.push('frame')
        reader.stop()
      },
      message: () => items.push('message'),
      skipped: () => {},
    })
    reader.push(Buffer.concat([first, first, ok]))
    reader.push(ok)
    expect(items).toEqual(['frame'])
  })

  test('come byte by byte without being copied for each byte', () => {
    const body = Buffer.alloc(300_000, 'x')
    const heard = new Heard()
    for (const byte of formatTextMessage({ startLine: 'RTSP/1.0 200 OK', headers: [], body }))
      heard.push(Buffer.from([byte]))
    expect(heard.items[0]).toHaveLength('RTSP/1.0 200 OK|'.length + body.length)
  })
})

describe('garbage', () => {
  test.each(['SSH-2.0-OpenSSH_9', '\x16\x03\x01', 'lower case', `${'A'.repeat(30)}`])(
    'is refused where nothing is forgiven: %j',
    text => {
      expect(() => new Heard().push(text)).toThrow(MalformedError)
    },
  )

  const forgiving = (): Heard => {
    const heard = new Heard()
    heard.reader.garbageBytesMax = 1000
    heard.reader.channelMax = 19
    return heard
  }

  test.each([
    ['bytes', Buffer.alloc(100, 0x80)],
    ['the rest of a packet with dollars in it', Buffer.from(`${'$\xff\xff\xff'.repeat(5)}$\0`, 'latin1')],
    ['what looks like a message', Buffer.from('GARBAGE and so on')],
    ['a dollar before a channel nobody has', Buffer.from([0x24, 200, 0, 4, 0x80, 0, 0, 0])],
    ['a broken message', Buffer.from('RTSP/1.0 200 OK\r\nno header\r\n\r\n')],
  ])('between frames is passed over: %s', (_name, garbage) => {
    for (const next of [second, ok]) {
      const heard = forgiving().push(first, garbage, next, first)
      expect(heard.items).toHaveLength(3)
      expect(heard.items.at(0)).toBe(asHeard(first))
      expect(heard.items.at(-1)).toBe(asHeard(first))
      expect(heard.skippedBytes).toBe(garbage.length)
    }
  })

  test('between frames is passed over however it is cut', () => {
    const bytes = Buffer.concat([first, Buffer.from('$$R$'), Buffer.alloc(20, 0x24), second, first])
    for (let size = 1; size < 30; size++) {
      const heard = forgiving()
      for (let at = 0; at < bytes.length; at += size) heard.push(bytes.subarray(at, at + size))
      expect(heard.items).toEqual([asHeard(first), asHeard(second), asHeard(first)])
    }
  })

  test('without an end is refused', () => {
    expect(() => forgiving().push(first, Buffer.alloc(1001, 0xff))).toThrow(LimitError)
  })

  test('is counted anew after every frame', () => {
    const garbage = Buffer.alloc(900, 0xff)
    const heard = forgiving().push(first, garbage, first, garbage, first)
    expect(heard.skippedBytes).toBe(1800)
  })
})

test('any bytes in any pieces are read, awaited or refused', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map(array => Buffer.from(array)),
    fc.constantFrom(ok, first, second, options, first.subarray(0, 9), ok.subarray(0, 20), Buffer.from('$')),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (pieces, lenient) => {
      const heard = new Heard()
      if (lenient) heard.reader.garbageBytesMax = 64
      try {
        heard.push(...pieces)
      } catch (error) {
        expect(error instanceof MalformedError || error instanceof LimitError).toBe(true)
      }
    }),
  )
})
