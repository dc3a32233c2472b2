// @vitest-environment node
import { expect, test } from 'vitest'
import { spokenCodec } from '../../../apps/admin/src/lib/codec-names.ts'

test('codecs are called what people call them', () => {
  expect(['MPEG4-GENERIC', 'mpeg4-generic', 'PCMA', 'H264', 'AV1'].map(spokenCodec)).toEqual([
    'AAC',
    'AAC',
    'G.711',
    'H264',
    'AV1',
  ])
})
