import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMessage } from 'werift'
import {
  bindingRequest,
  bindingResponse,
  checkNames,
  isBindingRequest,
  isStun,
  readBindingRequest,
} from '#media/protocols/webrtc/binding.ts'

const names = { local: 'ours', remote: 'theirs' }
/** As its receiver sees it. */
const request = bindingRequest(names, 'password')
/** What comes after the proof is not proven by it (RFC 8489 §14.5): the fingerprint. */
const FINGERPRINT_BYTES = 8

test('a check names both, and is read by who knows the password', () => {
  expect([isStun(request), isBindingRequest(request)]).toEqual([true, true])
  expect(checkNames(request)).toEqual({ local: 'theirs', remote: 'ours' })
  expect(readBindingRequest(request, 'password')).toMatchObject({ nominates: false })
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
