import { expect, test } from 'vitest'
import { aac, eld } from '#media/codecs/aac/aac.ts'
import { formatAacParameters } from '#media/codecs/aac/fmtp.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const { codec, configuration } = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

test('knows the configuration that a session description tells', () => {
  expect(aac.configuration(codec)).toEqual(configuration)
  expect(aac.formatParameters(configuration)).toBe(codec.formatParameters)
})

test('may begin with any packet', () => {
  expect([aac.startsKeyframe(Buffer.alloc(0)), aac.leadsPicture(Buffer.alloc(0))]).toEqual([true, false])
})

test('ELD is announced as AAC, with the configuration that tells them apart', () => {
  const told = { kind: 'audio', name: 'ELD', clockRate: 16_000, channels: 1, formatParameters: '' } as const
  expect(eld.announced?.(told)).toEqual({
    ...told,
    name: 'MPEG4-GENERIC',
    formatParameters: `${formatAacParameters([])};config=F8F02000`,
  })
  const config = { ...told, formatParameters: 'config=F8F0212C00BC00' }
  expect(eld.announced?.(config).formatParameters).toContain('config=F8F0212C00BC00')
})
