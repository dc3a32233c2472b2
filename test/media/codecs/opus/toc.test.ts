import fc from 'fast-check'
import { expect, test } from 'vitest'
import { opusSamples } from '#media/codecs/opus/toc.ts'

test.each([
  { name: 'CELT 20 ms', bytes: [0xfc], samples: 960 },
  { name: 'CELT 2.5 ms', bytes: [0x80], samples: 120 },
  { name: 'SILK 60 ms', bytes: [0x18], samples: 2880 },
  { name: 'hybrid 10 ms', bytes: [0x60], samples: 480 },
  { name: 'two frames of 20 ms', bytes: [0xfd], samples: 1920 },
  { name: 'three frames of 20 ms', bytes: [0xff, 0x03], samples: 2880 },
  { name: 'no packet', bytes: [], samples: undefined },
  { name: 'a count that is missing', bytes: [0xff], samples: undefined },
  { name: 'more than 120 ms', bytes: [0xff, 0x07], samples: undefined },
])('$name last $samples samples', ({ bytes, samples }) => {
  expect(opusSamples(Buffer.from(bytes))).toBe(samples)
})

test('any bytes last between 2.5 and 120 ms, or are no packet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), bytes => {
      const samples = opusSamples(Buffer.from(bytes)) ?? 120
      expect(samples >= 120 && samples <= 5760).toBe(true)
    }),
  )
})
