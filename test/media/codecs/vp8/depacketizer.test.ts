import { expect, test } from 'vitest'
import { vp8Assembly } from '#media/codecs/vp8/depacketizer.ts'
import { MalformedError } from '#media/runtime/errors.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

test('a frame is the data of its payloads, in memory of its own', () => {
  const picture = vp8Assembly.assemble([hex('103001'), hex('0002'), hex('800002')])
  expect(picture).toEqual({ keyframe: true, frame: hex('30010202'), configuration: [] })
  expect(picture?.frame.buffer.byteLength).toBe(4)
  expect(vp8Assembly.assemble([hex('103101')])?.keyframe).toBe(false)
})

test('a frame begins with its first partition', () => {
  expect(['1030', '0030', '1130'].map(payload => vp8Assembly.begins(hex(payload)))).toEqual([true, false, false])
})

test('a frame within another, and a payload without data, are refused', () => {
  expect(() => vp8Assembly.assemble([hex('1030'), hex('1030')])).toThrow(MalformedError)
  expect(() => vp8Assembly.assemble([hex('1030'), hex('00')])).toThrow(MalformedError)
})
