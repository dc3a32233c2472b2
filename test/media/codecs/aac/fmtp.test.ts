import { expect, test } from 'vitest'
import { aacConfiguration, auHeaderLayout, formatAacParameters, readConfig } from '#media/codecs/aac/fmtp.ts'
import type { Codec } from '#media/core/codec.ts'

const codec = (formatParameters: string, clockRate = 16_000, channels = 1): Codec => ({
  kind: 'audio',
  name: 'MPEG4-GENERIC',
  clockRate,
  channels,
  formatParameters,
})

test.each([
  { name: 'what is told', text: 'mode=AAC-hbr;config=1210', hex: '1210' },
  { name: 'AAC-LC of rate and channels where nothing is told', text: '', hex: '1408' },
  { name: 'the same where nonsense is told', text: 'config=zz', hex: '1408' },
  { name: 'the same where too much is told', text: `config=12${'1'.repeat(600)}`, hex: '1408' },
])('the configuration is $name', ({ text, hex }) => {
  expect(aacConfiguration(codec(text)).toString('hex')).toBe(hex)
})

test.each([
  { name: 'told', text: 'sizelength=6;indexlength=2;indexdeltalength=2', bits: [6, 2, 2] },
  { name: 'AAC-hbr where nothing is told', text: '', bits: [13, 3, 3] },
  { name: 'AAC-hbr where nonsense is told', text: 'sizeLength=99;indexLength=-1;indexDeltaLength=x', bits: [13, 3, 3] },
])('the AU headers are laid out as $name', ({ text, bits }) => {
  const { sizeBits, indexBits, indexDeltaBits } = auHeaderLayout(codec(text))
  expect([sizeBits, indexBits, indexDeltaBits]).toEqual(bits)
})

test('writes what it reads', () => {
  const config = Buffer.from('119056e500', 'hex')
  const text = formatAacParameters([config])
  expect(text).toBe(
    'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=119056E500',
  )
  expect(aacConfiguration(codec(text))).toEqual(config)
})

test('a broken configuration tells nothing', () => {
  expect(readConfig(Buffer.of(0x12))).toBeUndefined()
})
