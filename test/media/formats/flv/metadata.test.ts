import { expect, test } from 'vitest'
import { formatMetadata } from '#media/formats/flv/metadata.ts'

test('says onMetaData with numbers by their names', () => {
  expect(formatMetadata({ width: 320 }).toString('hex')).toBe(
    '02000a6f6e4d657461446174610800000001000577696474680040740000000000000 00009'.replaceAll(' ', ''),
  )
  expect(formatMetadata({}).toString('latin1')).toBe('\x02\x00\nonMetaData\x08\x00\x00\x00\x00\x00\x00\t')
})
