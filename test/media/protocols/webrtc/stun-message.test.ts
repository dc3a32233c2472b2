import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { classes, Message, methods } from 'werift'
import {
  addressAnswer,
  addressIn,
  addressQuestion,
  isStun,
  readStun,
  refusalIn,
  stunClass,
  transactionOf,
} from '#media/protocols/webrtc/stun-message.ts'

const key = Buffer.from('password')
const answer = (): Message =>
  new Message(methods.BINDING, classes.RESPONSE, Buffer.alloc(12, 7), [['XOR-MAPPED-ADDRESS', ['203.0.113.5', 8555]]])

test('our address is asked for and read', () => {
  const question = addressQuestion()
  expect([isStun(question), stunClass(question)]).toEqual([true, classes.REQUEST])
  expect(addressAnswer(answer().bytes)).toEqual({ address: '203.0.113.5', port: 8555 })
  expect(addressAnswer(question)).toBeUndefined()
  expect(transactionOf(answer().bytes)).toBe('07'.repeat(12))
})

test('a proven message is read by who has the key, and not when something was added behind the proof', () => {
  const proven = answer().addMessageIntegrity(key)
  expect(readStun(proven.bytes, key)).toBeDefined()
  expect(readStun(proven.addFingerprint().bytes, key)).toBeDefined()
  expect(readStun(proven.bytes, Buffer.from('other'))).toBeUndefined()
  expect(readStun(answer().bytes, key)).toBeUndefined()
  const longer = answer().addMessageIntegrity(key)
  longer.setAttribute('USE-CANDIDATE', null)
  expect(readStun(longer.bytes)).toBeDefined()
  expect(readStun(longer.bytes, key)).toBeUndefined()
})

test('a refusal says its code', () => {
  const refused = new Message(methods.ALLOCATE, classes.ERROR, undefined, [['ERROR-CODE', [486, 'Quota reached']]])
  expect(refusalIn(readStun(refused.bytes)!)).toEqual({ code: 486, reason: 'Quota reached' })
  expect(refusalIn(answer())).toBeUndefined()
  expect(addressIn(refused, 'XOR-MAPPED-ADDRESS')).toBeUndefined()
})

test('whatever comes, nothing of it throws', () => {
  const whole = answer().addMessageIntegrity(key).addFingerprint().bytes
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, change, end) => {
      const spoiled = Buffer.from(whole.subarray(0, end))
      if (at < end) spoiled[at] = spoiled[at]! ^ change
      readStun(spoiled, key)
      addressAnswer(spoiled)
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x3fff }), fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
      const all = Buffer.concat([Buffer.from('000000002112a442000000000000000000000000', 'hex'), bytes])
      all.writeUInt16BE(type, 0)
      all.writeUInt16BE(bytes.length, 2)
      const message = readStun(all)
      if (message !== undefined) refusalIn(message)
      readStun(all, key)
      addressAnswer(all)
    }),
    { numRuns: 2000 },
  )
})
