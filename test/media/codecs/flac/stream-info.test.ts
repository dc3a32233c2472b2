import { expect, test } from 'vitest'
import { formatStreamInfo, STREAMINFO_BYTES } from '#media/codecs/flac/stream-info.ts'

test.each([
  [8000, 1, '01f400f0'],
  [44_100, 2, '0ac442f0'],
  [192_000, 2, '2ee002f0'],
])('%i Hz and %i channels are told in 34 bytes', (rate, channels, told) => {
  const info = formatStreamInfo(rate, channels)
  expect(info).toHaveLength(STREAMINFO_BYTES)
  expect(info.toString('hex', 10, 14)).toBe(told)
})
