import { expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import { wishFor } from '#media/output/byte-request.ts'

test('a wish is one track in any of the codecs, whatever their rate', () => {
  expect(formatMedia(wishFor('audio', 'PCMA', 'PCMU'))).toBe('audio, sendonly, PCMA, PCMU')
})
