import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMessage } from 'werift'
import {
  bindingRequest,
  bindingResponse,
  type Check,
  checkNames,
  isBindingRequest,
  readBindingRequest,
  readCheckAnswer,
  roleConflict,
} from '#media/protocols/webrtc/binding.ts'
import { isStun } from '#media/protocols/webrtc/stun-message.ts'

const names = { local: 'ours', remote: 'theirs' }
/** As its receiver sees it. */
const check: Check = {
  ...{ transactionId: Buffer.alloc(12, 7), names, remotePassword: 'password', priority: 1_862_270_975 },
  ...{ role: 'controlling', tieBreaker: 5n, nominates: false },
}
const request = bindingRequest(check)
/** What comes after the proof is not proven by it (RFC 8489 §14.5): the fingerprint. */
const FINGERPRINT_BYTES = 8

test('a check names both, and is read by who knows the password', () => {
  expect([isStun(request), isBindingRequest(request)]).toEqual([true, true])
  expect(checkNames(request)).toEqual({ local: 'theirs', remote: 'ours' })
  expect(readBindingRequest(request, 'password')).toMatchObject({
    nominates: false,
    role: 'controlling',
    tieBreaker: 5n,
    priority: 1_862_270_975,
  })
  expect(readBindingRequest(request, 'other')).toBeUndefined()
})

test('an answer says where the check came from, proven by the password', () => {
  const response = bindingResponse(readBindingRequest(request, 'password')!, 'password', '192.168.1.7', 5000)
  expect(isBindingRequest(response)).toBe(false)
  expect(parseMessage(response, Buffer.from('password'))?.getAttributeValue('XOR-MAPPED-ADDRESS')).toEqual([
    '192.168.1.7',
    5000,
  ])
})

test('who chooses the way says so, and who only answers says that', () => {
  const nominating = readBindingRequest(bindingRequest({ ...check, nominates: true }), 'password')
  expect(nominating).toMatchObject({ nominates: true, role: 'controlling' })
  expect(readBindingRequest(bindingRequest({ ...check, role: 'controlled' }), 'password')?.role).toBe('controlled')
})

test('an answer of who knows the password is read, a conflict of roles is told', () => {
  const came = readBindingRequest(request, 'password')!
  const answer = bindingResponse(came, 'password', '2001:db8::1', 5000)
  expect(readCheckAnswer(answer, 'password')).toEqual({ kind: 'mapped', address: '2001:db8::1', port: 5000 })
  expect(readCheckAnswer(answer, 'other')).toBeUndefined()
  expect(readCheckAnswer(roleConflict(came, 'password'), 'password')).toEqual({ kind: 'conflict' })
  expect(readCheckAnswer(roleConflict(came, 'other'), 'password')).toBeUndefined()
  expect(readCheckAnswer(request, 'password')).toBeUndefined()
})

test('whatever comes, it is no proven check unless nothing of it was changed', () => {
  fc.assert(
    fc.property(fc.nat(request.length - FINGERPRINT_BYTES - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const spoiled = Buffer.from(request)
      spoiled[at] = spoiled[at]! ^ change
      if (isStun(spoiled) && isBindingRequest(spoiled)) {
        checkNames(spoiled)
        expect(readBindingRequest(spoiled, 'password')).toBeUndefined()
      }
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const all = Buffer.concat([Buffer.from('000100002112a442', 'hex'), bytes])
      checkNames(all)
      expect(readBindingRequest(all, 'password')).toBeUndefined()
    }),
    { numRuns: 2000 },
  )
})
