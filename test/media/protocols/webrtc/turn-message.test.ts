import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { classes, Message, methods } from 'werift'
import {
  formatChannelData,
  formatTurnRequest,
  framedBytes,
  readChannelData,
  readDataIndication,
  readTurnAnswer,
  type TurnIdentity,
  turnKey,
} from '#media/protocols/webrtc/turn-message.ts'

const identity: TurnIdentity = { username: 'porch', realm: 'r', nonce: 'n', key: turnKey('porch', 'r', 'secret') }
const granted = (): Message =>
  new Message(methods.ALLOCATE, classes.RESPONSE, undefined, [
    ['XOR-RELAYED-ADDRESS', ['203.0.113.5', 42_000]],
    ['XOR-MAPPED-ADDRESS', ['198.51.100.7', 5]],
    ['LIFETIME', 600],
  ])

test('what is granted counts only from who knows us, where we are known', () => {
  const done = { kind: 'done', relayed: { address: '203.0.113.5', port: 42_000 }, lifetimeSeconds: 600 }
  expect(readTurnAnswer(granted().bytes, undefined)).toMatchObject(done)
  expect(readTurnAnswer(granted().bytes, identity)).toBeUndefined()
  expect(readTurnAnswer(granted().addMessageIntegrity(identity.key).bytes, identity)).toMatchObject(done)
})

test('a challenge and a refusal are told apart', () => {
  const refusal = (code: number): Message =>
    new Message(methods.ALLOCATE, classes.ERROR, undefined, [['ERROR-CODE', [code, 'No']]])
  const challenge = refusal(401).setAttribute('REALM', 'r').setAttribute('NONCE', Buffer.from('n'))
  expect(readTurnAnswer(challenge.bytes, undefined)).toEqual({ kind: 'challenge', realm: 'r', nonce: 'n' })
  expect(readTurnAnswer(refusal(401).bytes, undefined)).toEqual({ kind: 'refused', code: 401, reason: 'No' })
  expect(readTurnAnswer(refusal(486).bytes, identity)).toEqual({ kind: 'refused', code: 486, reason: 'No' })
})

test.each([
  ['allocate', { method: 'allocate', lifetimeSeconds: 600 } as const, methods.ALLOCATE],
  ['refresh', { method: 'refresh', lifetimeSeconds: 0 } as const, methods.REFRESH],
  ['bind', { method: 'bind', channel: 0x4000, peer: { address: '10.0.0.1', port: 5 } } as const, methods.CHANNEL_BIND],
])('%s is asked, with our name once it is wanted', (_name, request, method) => {
  expect(formatTurnRequest(request, undefined).readUInt16BE(0)).toBe(method)
  expect(formatTurnRequest(request, identity).length).toBeGreaterThan(formatTurnRequest(request, undefined).length)
})

test('packets in channels are read as they were written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0x4000, max: 0x4fff }), fc.uint8Array({ maxLength: 1500 }), (channel, bytes) => {
      const data = Buffer.from(bytes)
      for (const isStream of [false, true]) {
        const framed = formatChannelData(channel, data, isStream)
        expect(readChannelData(framed)).toEqual({ channel, data })
        if (isStream) expect(framedBytes(framed)).toBe(framed.length)
      }
    }),
  )
})

test('whatever comes, nothing of it throws', () => {
  const whole = granted().setAttribute('DATA', Buffer.from('x')).addMessageIntegrity(identity.key).bytes
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, change, end) => {
      const spoiled = Buffer.from(whole.subarray(0, end))
      if (at < end) spoiled[at] = spoiled[at]! ^ change
      readTurnAnswer(spoiled, identity)
      readTurnAnswer(spoiled, undefined)
      readDataIndication(spoiled)
      readChannelData(spoiled)
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      readChannelData(Buffer.from(bytes))
      readDataIndication(Buffer.from(bytes))
    }),
  )
})

test('what a peer without a channel sends says who it is', () => {
  const indication = new Message(methods.DATA, classes.INDICATION, undefined, [
    ['XOR-PEER-ADDRESS', ['10.0.0.1', 5]],
    ['DATA', Buffer.from('hello')],
  ])
  const read = readDataIndication(indication.bytes)
  expect([read?.peer, read?.data.toString()]).toEqual([{ address: '10.0.0.1', port: 5 }, 'hello'])
})
