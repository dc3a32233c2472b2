import { expect, test } from 'vitest'
import { pcma, pcmu } from '#media/codecs/pcm/g711.ts'
import { staticCodec } from '#media/codecs/registry.ts'
import { transformed } from '#test/helpers/access-units.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

test.each([
  { name: 'µ-law', spec: pcmu, payloadType: 0 },
  { name: 'A-law', spec: pcma, payloadType: 8 },
])('a packet of $name is a frame, there and back', ({ spec, payloadType }) => {
  const codec = staticCodec(payloadType)!
  const payload = Buffer.alloc(160, 0xd5)
  const units = transformed(spec.depacketizer(codec)!, [groupOf([payload], { time: 800 })])
  expect(units).toHaveLength(1)
  expect(units[0]).toMatchObject({ keyframe: true, decodingTime: 800, configuration: [] })
  expect(joined(spec.packetizer(codec, 1460)!.packetize(units[0]!))).toEqual([payload])
})
