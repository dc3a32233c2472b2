import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { codecSpec } from '#media/codecs/registry.ts'
import { isSniffed, type SniffedCodec, VideoSniffer } from '#media/codecs/video-sniffer.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

/** The payloads of a fixture as a camera would send them. */
const payloadsOf = (fixture: string, payloadBytesMax: number): readonly Buffer[] => {
  const track = fixtureTrack(fixture, 'video')
  const packetizer = codecSpec(track.codec.name)!.packetizer(track.codec, payloadBytesMax)!
  return unitsOf(track).flatMap(unit => packetizer.packetize(unit).map(parts => Buffer.concat(parts)))
}

const sniff = (announced: SniffedCodec, payloads: readonly Buffer[]): SniffedCodec | undefined => {
  const sniffer = new VideoSniffer(announced)
  for (const payload of payloads) {
    const seen = sniffer.look(payload)
    if (seen !== undefined) return seen
    if (sniffer.settled) return undefined
  }
  return undefined
}

const rows = [
  ['H264', 'h264-slices.mp4'],
  ['H264', 'h264-b-frames-aac.mp4'],
  ['H265', 'h265.mp4'],
] as const

test.each(rows.flatMap(row => [200, 1460].map(size => [...row, size] as const)))(
  'what %s of %s in packets of %d bytes really is, is seen whatever it is called',
  (codec, fixture, size) => {
    const payloads = payloadsOf(fixture, size)
    expect(payloads.length).toBeGreaterThan(20)
    expect(sniff(codec, payloads)).toBeUndefined()
    expect(sniff(codec === 'H264' ? 'H265' : 'H264', payloads)).toBe(codec)
  },
)

test('a few odd packets are no other codec, and the right ones end all doubt', () => {
  const [odd, right] = [Buffer.from('020103', 'hex'), Buffer.from('419aaa', 'hex')]
  const sniffer = new VideoSniffer('H264')
  for (let count = 0; count < 7; count++) expect(sniffer.look(odd)).toBeUndefined()
  for (let count = 0; count < 3; count++) expect(sniffer.look(right)).toBeUndefined()
  expect(sniffer.settled).toBe(true)
  expect(sniff('H264', [right, ...new Array(20).fill(odd)])).toBeUndefined()
})

test('H.264’s slices, sets and pieces are told from H.265’s', () => {
  const only264 = ['6742c01e', '68ce3c80', '6588aabb', '419aaabb', '7c8588aa', '78000467420000']
  const only265 = ['40010c01', '42010101', '4401c172', '02010203', '62019302', '6001000340010c']
  for (const hex of only264) expect(sniff('H265', new Array(8).fill(Buffer.from(hex, 'hex'))), hex).toBe('H264')
  for (const hex of only265) expect(sniff('H264', new Array(8).fill(Buffer.from(hex, 'hex'))), hex).toBe('H265')
})

test('only these two are mistaken for each other', () => {
  expect(['H264', 'H265', 'JPEG', 'PCMU'].map(isSniffed)).toEqual([true, true, false, false])
})

test('any payloads are looked at without harm', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 60 }), payloads => {
      expect([undefined, 'H265']).toContain(
        sniff(
          'H264',
          payloads.map(bytes => Buffer.from(bytes)),
        ),
      )
    }),
  )
})
