import { describe, expect, test } from 'vitest'
import { PacketGroup } from '#media/core/packet-group.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { millis, ticks } from '#media/runtime/units.ts'

const packet = (sequenceNumber: number, timestamp: number, payload: string, marker: boolean): RtpPacket => {
  const buffer = Buffer.alloc(12 + payload.length)
  RtpPacket.write(buffer, 0, { marker, payloadType: 104, sequenceNumber, timestamp, ssrc: 7 })
  buffer.write(payload, 12)
  return RtpPacket.parse(buffer)
}
const group = (): PacketGroup =>
  new PacketGroup({
    packets: [packet(65_535, 0xfffffff0, 'ab', false), packet(0, 0xfffffff0, 'c', true)],
    keyframe: true,
    time: ticks(1),
    complete: true,
    arrivedAt: millis(1),
    numbering: { ssrc: 0x01020304, sequenceOffset: 10, timestampOffset: 0x20 },
  })

describe('the interleaved form', () => {
  test('has the channel, the payload type and the renumbered headers, and leaves the packets as they were', () => {
    const one = group()
    const before = one.packets.map(({ buffer }) => buffer.toString('hex'))
    expect(one.interleaved(2, 96).toString('hex')).toBe(
      [
        '2402000e',
        '8060',
        '0009',
        '00000010',
        '01020304',
        '6162',
        '2402000d',
        '80e0',
        '000a',
        '00000010',
        '01020304',
        '63',
      ].join(''),
    )
    expect(one.sizeBytes).toBe(one.interleaved(2, 96).length)
    expect(one.packets.map(({ buffer }) => buffer.toString('hex'))).toEqual(before)
  })

  test('is the same bytes for all who want the same, and right for who wants another', () => {
    const one = group()
    const form = one.interleaved(0, 96)
    expect(one.interleaved(0, 96)).toBe(form)
    expect(one.interleaved(4, 97)[1]).toBe(4)
    expect(one.interleaved(0, 96)[1]).toBe(0)
  })

  test('is not written again once it is kept, and its memory is where it is not', () => {
    const one = group()
    const form = one.interleaved(0, 96)
    one.keepForm()
    const other = group().interleaved(4, 97)
    expect([form[1], other[1]]).toEqual([0, 4])
    expect(group().interleaved(2, 97).buffer).toBe(other.buffer)
  })
})
