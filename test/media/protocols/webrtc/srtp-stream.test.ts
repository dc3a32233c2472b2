import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SrtpSession } from 'werift'
import { SRTP_PAYLOAD_BYTES_MAX, SrtpBatch, SrtpStream } from '#media/protocols/webrtc/srtp-stream.ts'

/** Another implementation with the same keys. */
const peer = (): SrtpSession => {
  const [key, salt] = [randomBytes(16), randomBytes(14)]
  const both = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt }
  return new SrtpSession({ keys: both, profile: 1 })
}

const streamTo = ({ localContext }: SrtpSession, sequence: number, ssrc = 0xdeadbeef): SrtpStream => {
  const { srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = localContext
  const keys = { sessionKey: srtpSessionKey, sessionSalt: srtpSessionSalt, authenticationKey: srtpSessionAuthTag }
  return new SrtpStream(keys, ssrc, 102, sequence)
}

test('packets of any length and number are opened by another implementation, also over the wrap of their numbers', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.array(fc.array(fc.integer({ min: 1, max: SRTP_PAYLOAD_BYTES_MAX }), { minLength: 1, maxLength: 90 }), {
        minLength: 1,
        maxLength: 4,
      }),
      (sequence, instants) => {
        const session = peer()
        const stream = streamTo(session, sequence)
        const [sent, opened]: [Buffer[], Buffer[]] = [[], []]
        for (const [index, lengths] of instants.entries()) {
          const packets = lengths.map(length => ({ payload: randomBytes(length), marker: false }))
          sent.push(...packets.map(({ payload }) => payload))
          for (const batch of SrtpBatch.of(packets))
            stream.send(batch, index, all => {
              for (const packet of all) opened.push(session.decrypt(Buffer.from(packet)).subarray(12))
              return false
            })
        }
        expect(opened.map(bytes => bytes.toString('hex'))).toEqual(sent.map(bytes => bytes.toString('hex')))
        expect(stream.packetCount).toBe(sent.length)
      },
    ),
    { numRuns: 30 },
  )
})

test('headers have the marker, the payload type, consecutive numbers, the time and the source', () => {
  const session = peer()
  const headers: string[] = []
  const packets = [false, true].map(marker => ({ payload: Buffer.alloc(3), marker }))
  const stream = streamTo(session, 0xffff)
  for (const batch of SrtpBatch.of(packets))
    stream.send(batch, 0x01020304, all => {
      for (const packet of all) headers.push(packet.toString('hex', 0, 12))
      return false
    })
  expect(headers).toEqual(['8066ffff01020304deadbeef', '80e6000001020304deadbeef'])
})

test('memory that is still needed is not written again', () => {
  const session = peer()
  const stream = streamTo(session, 1)
  const kept: Buffer[] = []
  for (const text of ['one', 'two'])
    for (const batch of SrtpBatch.of([{ payload: Buffer.from(text), marker: true }]))
      stream.send(batch, 1, all => {
        kept.push(...all)
        return true
      })
  expect(kept.map(packet => session.decrypt(packet).toString('latin1', 12))).toEqual(['one', 'two'])
})

test('what no network carries is left out', () => {
  const packets = [SRTP_PAYLOAD_BYTES_MAX + 1, 5].map(length => ({ payload: Buffer.alloc(length), marker: false }))
  expect(SrtpBatch.of(packets).map(({ lengths }) => lengths)).toEqual([[5]])
})
