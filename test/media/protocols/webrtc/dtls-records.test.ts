import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DtlsRecord, HandshakePieces, recordsOf } from '#media/protocols/webrtc/dtls-records.ts'

const record = (body: Buffer, type = 22, epoch = 0): Buffer => {
  const head = Buffer.alloc(13)
  head[0] = type
  head.writeUInt16BE(0xfefd, 1)
  head.writeUInt16BE(epoch, 3)
  head.writeUIntBE(5, 5, 6)
  head.writeUInt16BE(body.length, 11)
  return Buffer.concat([head, body])
}

const piece = (message: Buffer, from: number, to: number, number = 1, type = 1): Buffer => {
  const head = Buffer.alloc(12)
  head[0] = type
  head.writeUIntBE(message.length, 1, 3)
  head.writeUInt16BE(number, 4)
  head.writeUIntBE(from, 6, 3)
  head.writeUIntBE(to - from, 9, 3)
  return Buffer.concat([head, message.subarray(from, to)])
}

const message = Buffer.from(Array.from({ length: 1500 }, (_, at) => at & 0xff))

const take = (pieces: HandshakePieces, ...bodies: readonly Buffer[]): readonly string[] =>
  bodies.flatMap(body =>
    [...recordsOf(record(body))].flatMap(one => pieces.take(one).map(whole => whole.toString('hex'))),
  )

const whole = record(piece(message, 0, message.length)).toString('hex')

test('a datagram is taken apart into its records, up to the first that is none', () => {
  const datagram = Buffer.concat([record(Buffer.from('ab'), 22, 1), record(Buffer.from('c'), 20), record(message, 24)])
  expect(
    [...recordsOf(datagram)].map(({ type, epoch, body, sequenceNumber }) => [type, epoch, `${body}`, sequenceNumber]),
  ).toEqual([
    [22, 1, 'ab', 5],
    [20, 0, 'c', 5],
  ])
  expect([...recordsOf(datagram.subarray(0, 14))]).toEqual([])
})

test.each<[string, readonly (readonly [from: number, to: number])[]]>([
  ['alone', [[0, 1500]]],
  [
    'in order',
    [
      [0, 1000],
      [1000, 1500],
    ],
  ],
  [
    'the other way round',
    [
      [1000, 1500],
      [0, 1000],
    ],
  ],
  [
    'twice each',
    [
      [1000, 1500],
      [1000, 1500],
      [0, 1000],
    ],
  ],
  [
    'one over the other',
    [
      [0, 800],
      [1200, 1500],
      [500, 1300],
    ],
  ],
])('a message is whole when all of its pieces have come: %s', (_name, ranges) => {
  const given = take(new HandshakePieces(), ...ranges.map(([from, to]) => piece(message, from, to)))
  expect(given).toEqual([whole])
})

test('a message that comes again is given again', () => {
  const pieces = new HandshakePieces()
  const halves = [piece(message, 700, 1500), piece(message, 0, 700)]
  expect([...take(pieces, ...halves), ...take(pieces, ...halves)]).toEqual([whole, whole])
})

test('two messages in one record are two, and a piece of another message of that number does not spoil it', () => {
  const pieces = new HandshakePieces()
  const [one, other] = [piece(message, 0, 1500, 2, 11), piece(message, 0, 1500, 3, 16)]
  expect(take(pieces, Buffer.concat([one, other]))).toEqual([
    record(one).toString('hex'),
    record(other).toString('hex'),
  ])
  const forged = piece(Buffer.alloc(900), 0, 100)
  expect(take(pieces, piece(message, 0, 700), forged, piece(message, 700, 1500), piece(message, 0, 700))).toEqual([
    whole,
  ])
})

test('pieces that never end, and messages beyond all size, are not kept', () => {
  const pieces = new HandshakePieces()
  for (let number = 0; number < 65_536; number++) expect(take(pieces, piece(message, 0, 1, number))).toEqual([])
  const huge = Buffer.alloc(12)
  huge.writeUIntBE(0xffffff, 1, 3)
  expect(take(pieces, huge)).toEqual([])
  // Of the first nothing is left: its other bytes alone are not the message.
  expect(take(pieces, piece(message, 1, 1500, 0))).toEqual([])
  expect(take(pieces, piece(message, 0, 1, 0))).toHaveLength(1)
})

test('any bytes are taken apart without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 100 }), (bytes, body) => {
      const pieces = new HandshakePieces()
      const all: DtlsRecord[] = [...recordsOf(Buffer.from(bytes)), ...recordsOf(record(Buffer.from(body)))]
      for (const one of all) for (const given of pieces.take(one)) expect([...recordsOf(given)]).toHaveLength(1)
    }),
  )
})
