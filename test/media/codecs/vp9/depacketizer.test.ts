import { describe, expect, test } from 'vitest'
import { vp9Assembly } from '#media/codecs/vp9/depacketizer.ts'
import { superframeIndex } from '#media/codecs/vp9/frame.ts'
import { MalformedError } from '#media/runtime/errors.ts'

/** A payload of a spatial layer: non-flexible mode, one frame whole unless said otherwise. */
const layerPayload = (layer: number, data: string, flags = 0x0c): Buffer =>
  Buffer.from([0x20 | flags, layer << 1, 0, ...Buffer.from(data, 'hex')])

describe('the payloads of a picture', () => {
  test('become one superframe where it has layers', () => {
    const picture = vp9Assembly.assemble([layerPayload(0, '82aa'), layerPayload(1, '86'), layerPayload(2, '86bbcc')])
    const frames = ['82aa', '86', '86bbcc'].map(hex => Buffer.from(hex, 'hex'))
    expect(picture?.frame).toEqual(Buffer.concat([...frames, superframeIndex(frames)]))
    expect(picture?.keyframe).toBe(true)
  })

  test('become a frame where it has none, in memory of its own', () => {
    const picture = vp9Assembly.assemble([layerPayload(0, '86aa', 0x08), layerPayload(0, 'bb', 0x04)])
    expect(picture).toEqual({ keyframe: false, frame: Buffer.of(0x86, 0xaa, 0xbb), configuration: [] })
    expect(picture?.frame.buffer.byteLength).toBe(3)
  })

  test('begin with the lowest layer', () => {
    const payloads = [layerPayload(0, '82'), layerPayload(1, '82'), layerPayload(0, '82', 0x04)]
    expect(payloads.map(vp9Assembly.begins)).toEqual([true, false, false])
  })

  test.each([
    { name: 'whose frame has no end', payloads: [layerPayload(0, '82', 0x08)] },
    { name: 'whose frame has no beginning', payloads: [layerPayload(0, '82'), layerPayload(1, '86', 0x04)] },
    { name: 'whose frames begin within each other', payloads: [layerPayload(0, '82', 0x08), layerPayload(1, '86')] },
    { name: 'of nine frames', payloads: Array.from({ length: 9 }, () => layerPayload(0, '82')) },
  ])('are refused of a picture $name', ({ payloads }) => {
    expect(() => vp9Assembly.assemble(payloads)).toThrow(MalformedError)
  })

  test('are those of eight frames at most', () => {
    const payloads = Array.from({ length: 8 }, () => layerPayload(0, '82'))
    expect(vp9Assembly.assemble(payloads)?.frame.length).toBe(8 + 2 + 4 * 8)
  })
})
