import { describe, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { depayloaded, packetsOf } from '#test/helpers/gstreamer.ts'
import { decodedJpegs, ffmpegJpegs, libjpegFiles, pictureHash, splitFiles } from '#test/helpers/jpeg-files.ts'
import { packetsOfUnits, playedByFfmpeg, unitsFromFfmpeg, unitsOfPackets } from '#test/helpers/rtp-peers.ts'

const jpeg: Codec = { kind: 'video', name: 'JPEG', clockRate: 90_000, channels: 0, formatParameters: '' }
const jpegCaps = 'media=(string)video,clock-rate=(int)90000,encoding-name=(string)JPEG,payload=(int)96'
const slices = ['-threads', '4', '-thread_type', 'slice']

describe('JPEG', () => {
  test('that ffmpeg sends arrives as the pictures it was given', async () => {
    const files = await ffmpegJpegs({ count: 5 })
    const from = ['-re', '-f', 'mjpeg', '-framerate', '25', '-i', 'pipe:0', '-c', 'copy']
    const units = await unitsFromFfmpeg(jpeg, from, Buffer.concat(files))
    expect(await decodedJpegs(units.map(unit => unit.sample))).toBe(await decodedJpegs(files))
    expect(units.map(unit => unit.decodingTime - units[0]!.decodingTime)).toEqual([0, 3600, 7200, 10_800, 14_400])
  })

  test.each([
    { name: '4:2:0', make: () => libjpegFiles('I420', 85, 3) },
    { name: '4:2:2', make: () => libjpegFiles('Y42B', 85, 3) },
    { name: 'restart markers', make: () => ffmpegJpegs({ count: 3, parameters: slices }) },
  ])('with $name goes through GStreamer both ways', async ({ make }) => {
    const files = await make()
    const parsed = 'fdsrc fd=0 ! image/jpeg,framerate=25/1 ! jpegparse ! image/jpeg,framerate=25/1'
    const received = unitsOfPackets(jpeg, await packetsOf(`${parsed} ! rtpjpegpay`, Buffer.concat(files)))
    expect(await decodedJpegs(received.map(unit => unit.sample))).toBe(await decodedJpegs(files))
    const sent = packetsOfUnits(
      jpeg,
      files.map((file, i) => frameUnit(file, i * 3600)),
    )
    const back = splitFiles(await depayloaded(jpegCaps, 'rtpjpegdepay', sent))
    expect(await decodedJpegs(back)).toBe(await decodedJpegs(files))
  })

  test('is played by ffmpeg from our server', async () => {
    const files = await libjpegFiles('I420', 85, 5)
    const units = files.map((file, i) => frameUnit(file, i * 3600))
    const played = await playedByFfmpeg(jpeg, units, pictureHash)
    expect(played.toString()).toBe(await decodedJpegs(files))
  })
})
