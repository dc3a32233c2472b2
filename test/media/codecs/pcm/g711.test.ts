import { expect, test } from 'vitest'
import { pcma, pcmu } from '#media/codecs/pcm/g711.ts'
import { staticCodec } from '#media/codecs/registry.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

test.each([
  { name: 'µ-law', spec: pcmu, payloadType: 0 },
  { name: 'A-law', spec: pcma, payloadType: 8 },
])('a packet of $name is a frame, there and back', ({ spec, payloadType }) => {
  const codec = staticCodec(payloadType)!
  const payload = Buffer.alloc(160, 0xd5)
  const units: AccessUnit[] = []
  spec.depacketizer(codec).push(groupOf([payload], { time: 800 }), unit => units.push(unit))
  expect(units).toHaveLength(1)
  expect(units[0]).toMatchObject({ keyframe: true, decodingTime: 800, configuration: [] })
  expect(joined(spec.packetizer(codec, 1460).packetize(units[0]!))).toEqual([payload])
  expect(spec.staticPayloadType).toBe(payloadType)
})
