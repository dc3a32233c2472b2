import { expect, test } from 'vitest'
import { describeCodec } from '#media/codecs/describe.ts'
import { NalStream } from '#media/codecs/nal-stream.ts'

test('a stream of NAL units tells its codec once its parameter sets are there', () => {
  const units: string[] = []
  const stream = new NalStream('H264', ({ parts }) => units.push(parts.map(part => part.toString('hex')).join(' ')))
  stream.push(Buffer.from('6742c00dda05825b011000000300100000030320f142aa', 'hex'))
  expect(stream.codec).toBeUndefined()
  stream.push(Buffer.from('68ce0fc8', 'hex'))
  expect(describeCodec(stream.codec!)).toBe('H264 Baseline 352×288')
  stream.push(Buffer.from('6588aabb', 'hex'))
  expect(stream.hasPicture).toBe(true)
  stream.flush()
  stream.push(Buffer.from('4188aabb', 'hex'))
  stream.lost()
  stream.flush()
  expect(units).toEqual(['6588aabb'])
})
