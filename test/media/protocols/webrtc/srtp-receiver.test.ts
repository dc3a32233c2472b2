import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { RtpHeader, SrtpSession } from 'werift'
import { SrtpReceiver } from '#media/protocols/webrtc/srtp-receiver.ts'

const SSRC = 0xdeadbeef

/** Another implementation that sends, and our receiver with its keys. */
const both = () => {
  const [key, salt] = [randomBytes(16), randomBytes(14)]
  const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt }
  const sender = new SrtpSession({ keys, profile: 1 })
  const { srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = sender.localContext
  const receiver = new SrtpReceiver({
    ...{ sessionKey: srtpSessionKey, sessionSalt: srtpSessionSalt, authenticationKey: srtpSessionAuthTag },
  })
  const protect = (sequenceNumber: number, payload: Buffer, ssrc = SSRC): Buffer =>
    sender.encrypt(payload, new RtpHeader({ sequenceNumber: sequenceNumber & 0xffff, ssrc, payloadType: 96 }))
  return { receiver, protect }
}

test('packets of another implementation are opened, with gaps, over the wrap of their numbers and far beyond', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 1300 })), { maxLength: 40 }),
      (first, steps) => {
        const { receiver, protect } = both()
        let number = first
        for (const [step, length] of steps) {
          const payload = randomBytes(length)
          expect(receiver.open(protect(number, payload))?.subarray(12).toString('hex')).toBe(payload.toString('hex'))
          number += step
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('a gap of thousands across the wrap costs no more than the gap', () => {
  const { receiver, protect } = both()
  expect(receiver.open(protect(60_000, Buffer.from('one')))).toBeDefined()
  // The sender must have counted its wrap as well: it sends what is in between, which is lost.
  for (let number = 60_001; number < 70_000; number++) protect(number, Buffer.from('lost'))
  expect(receiver.open(protect(70_000, Buffer.from('two')))?.toString('latin1', 12)).toBe('two')
})

test('each packet is taken once, also out of order; one that is a thousand late is not', () => {
  const { receiver, protect } = both()
  const packets = Array.from({ length: 1500 }, (_, at) => protect(65_000 + at, Buffer.from(String(at))))
  for (const at of [0, 2, 1, 1499, 700]) expect(receiver.open(packets[at]!)?.toString('latin1', 12)).toBe(String(at))
  for (const at of [0, 2, 1, 1499, 700, 300]) expect(receiver.open(packets[at]!)).toBeUndefined()
})

test('whatever is changed on the way, nothing of it is taken', () => {
  const { receiver, protect } = both()
  const packet = protect(7, randomBytes(100))
  fc.assert(
    fc.property(fc.nat(packet.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(packet)
      changed[at] = changed[at]! ^ flip
      expect(receiver.open(changed)).toBeUndefined()
    }),
  )
  expect(receiver.open(packet)).toBeDefined()
})

test('bytes of any kind are nothing, and do no harm', () => {
  const { receiver, protect } = both()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), bytes => {
      expect(receiver.open(Buffer.from(bytes))).toBeUndefined()
    }),
  )
  expect(receiver.open(protect(1, Buffer.from('still')))?.toString('latin1', 12)).toBe('still')
})

test('a peer has so many streams and no more', () => {
  const { receiver, protect } = both()
  const opened = Array.from({ length: 70 }, (_, at) => receiver.open(protect(1, Buffer.from('x'), at + 1)))
  expect(opened.map(one => one !== undefined)).toEqual(Array.from({ length: 70 }, (_, at) => at < 64))
})
