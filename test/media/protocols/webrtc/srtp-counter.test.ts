import { createCipheriv } from 'node:crypto'
import { expect, test } from 'vitest'
import { AES_BLOCK_BYTES, blocksFor, saltWords, writeCounters } from '#media/protocols/webrtc/srtp-counter.ts'

const salt = saltWords(Buffer.from('f0f1f2f3f4f5f6f7f8f9fafbfcfd', 'hex'))

/** The counter blocks as bytes. */
const counters = (ssrc: number, rollover: number, sequence: number, blocks: number): Buffer => {
  const bytes = Buffer.alloc(blocks * AES_BLOCK_BYTES)
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  expect(writeCounters(words, 0, salt, ssrc, rollover, sequence, blocks)).toBe(blocks * 4)
  return bytes
}

test('the key stream is that of RFC 3711 §B.2', () => {
  const key = Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex')
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  expect(cipher.update(counters(0, 0, 0, 3)).toString('hex')).toBe(
    'e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0',
  )
})

test('stream, rollover, number and block each have their place', () => {
  expect(counters(0x01020304, 0x0a0b0c0d, 0x1112, 2).toString('hex')).toBe(
    'f0f1f2f3f5f7f5f3f2f2f6f6edef0000f0f1f2f3f5f7f5f3f2f2f6f6edef0001',
  )
})

test.each([
  [0, 0],
  [1, 1],
  [16, 1],
  [17, 2],
])('%i bytes take %i blocks', (bytes, blocks) => {
  expect(blocksFor(bytes)).toBe(blocks)
})
