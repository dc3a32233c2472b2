import { expect, test } from 'vitest'
import { upcast } from '#server/events/upcast.ts'

const lift = [
  (data: unknown) => ({ ...(data as object), two: true }),
  (data: unknown) => ({ ...(data as object), three: true }),
]

const rows = [
  { version: 1, data: { two: true, three: true } },
  { version: 2, data: { three: true } },
  { version: 3, data: {} },
]

test.for(rows)('data of version $version is read as the newest', ({ version, data }) => {
  expect(upcast('Thing', {}, version, lift)).toEqual(data)
})

test.for([0, 4, 1.5, Number.NaN])('version %s is refused with a sentence', version => {
  expect(() => upcast('Thing', {}, version, lift)).toThrow(`the log holds Thing in version ${version}`)
})
