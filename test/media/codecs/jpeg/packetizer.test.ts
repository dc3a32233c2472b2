import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { JpegDepacketizer } from '#media/codecs/jpeg/depacketizer.ts'
import { jpegPacketizer } from '#media/codecs/jpeg/packetizer.ts'
import { readSendableJpeg } from '#media/codecs/jpeg/sendable-jpeg.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'
import { decodedJpegs, ffmpegJpegs, libjpegFiles } from '#test/helpers/jpeg-files.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

let files: readonly Buffer[]

beforeAll(async () => {
  const slices = await ffmpegJpegs({ parameters: ['-threads', '4', '-thread_type', 'slice'] })
  files = [...(await ffmpegJpegs({ count: 2 })), ...slices, ...(await libjpegFiles('Y42B'))]
})

const thereAndBack = (sent: readonly Buffer[], payloadBytesMax: number): Buffer[] => {
  let firstSequenceNumber = 65_530
  const groups = sent.map((file, index) => {
    const payloads = joined(jpegPacketizer(payloadBytesMax).packetize(frameUnit(file)))
    for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(payloadBytesMax)
    const group = groupOf(payloads, { time: index * 3600, firstSequenceNumber })
    firstSequenceNumber += payloads.length
    return group
  })
  return transformed(new JpegDepacketizer(), groups).map(unit => unit.sample)
}

test('packets of any size give back the pictures they were made of', () => {
  fc.assert(
    fc.property(fc.integer({ min: 160, max: 3000 }), payloadBytesMax => {
      const back = thereAndBack(files, payloadBytesMax)
      expect(back.map(readSendableJpeg)).toEqual(files.map(readSendableJpeg))
    }),
    { numRuns: 20 },
  )
})

test('what comes back is decoded to the same pictures', async () => {
  expect(await decodedJpegs(thereAndBack(files, 1460))).toBe(await decodedJpegs(files))
})

test('what RTP cannot say, and what is no picture, is left out', async () => {
  const [file] = await libjpegFiles('Y444')
  expect(jpegPacketizer(1460).packetize(frameUnit(file!))).toEqual([])
  expect(jpegPacketizer(1460).packetize(frameUnit(Buffer.from('no picture')))).toEqual([])
})
