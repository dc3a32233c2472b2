import { createHash, createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { HmacSha1Key } from '#media/protocols/webrtc/sha1-state.ts'

test.each([1, 20, 64])('a tag is the beginning of HMAC-SHA1, with a key of %i bytes', length => {
  for (let size = 0; size < 200; size++) {
    const [key, message] = [randomBytes(length), randomBytes(size)]
    const hmac = new HmacSha1Key(key)
    const inner = createHash('sha1').update(hmac.innerPad).update(message).digest()
    const out = Buffer.alloc(12)
    hmac.writeTag(inner, out, 1)
    expect(out.toString('hex', 1, 11)).toBe(createHmac('sha1', key).update(message).digest('hex').slice(0, 20))
    expect([out[0], out[11]]).toEqual([0, 0])
  }
})
