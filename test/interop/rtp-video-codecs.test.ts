import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { convert } from '#test/helpers/ffmpeg.ts'
import { depayloaded, packetsOf } from '#test/helpers/gstreamer.ts'
import { decodedFrames, encodedFrames, ivfCodecs, pictureHash, writeIvf } from '#test/helpers/ivf.ts'
import { unitsOfFrames, videoCodec } from '#test/helpers/picture-codecs.ts'
import { packetsOfUnits, playedByFfmpeg, unitsFromFfmpeg, unitsOfPackets } from '#test/helpers/rtp-peers.ts'

describe.each(['VP8', 'VP9'] as const)('%s', name => {
  const codec = videoCodec(name)
  const { fourcc } = ivfCodecs[name]

  test('that ffmpeg sends arrives frame by frame', async () => {
    const frames = await encodedFrames(name)
    const from = ['-re', '-f', 'ivf', '-i', 'pipe:0', '-c', 'copy', '-strict', 'experimental']
    const units = await unitsFromFfmpeg(codec, from, writeIvf(fourcc, frames))
    expect(units.map(unit => unit.sample)).toEqual(frames)
    expect(units.map(unit => unit.keyframe)).toEqual(frames.map((_, i) => i % 5 === 0))
    expect(units.map(unit => unit.decodingTime - units[0]!.decodingTime)).toEqual(frames.map((_, i) => i * 3600))
  })

  test('that GStreamer sends arrives frame by frame', async () => {
    const frames = await encodedFrames(name)
    const webm = await convert(['-f', 'ivf', '-i', 'pipe:0', '-c', 'copy', '-f', 'webm'], writeIvf(fourcc, frames))
    for (const options of ['', ' mtu=300', ' picture-id-mode=2']) {
      const payloader = `rtp${name.toLowerCase()}pay${options}`
      const units = unitsOfPackets(codec, await packetsOf(`fdsrc fd=0 ! matroskademux ! ${payloader}`, webm))
      expect(units.map(unit => unit.sample)).toEqual(frames)
      expect(units.map(unit => unit.keyframe)).toEqual(frames.map((_, i) => i % 5 === 0))
    }
  })

  test('is understood by GStreamer', async () => {
    const frames = await encodedFrames(name)
    const caps = `media=(string)video,clock-rate=(int)90000,encoding-name=(string)${name},payload=(int)96`
    const packets = packetsOfUnits(codec, unitsOfFrames(frames))
    const of = name.toLowerCase()
    const pictures = await depayloaded(caps, `rtp${of}depay ! ${of}dec ! video/x-raw,format=I420`, packets)
    const hash = createHash('md5').update(pictures).digest('hex')
    expect(`MD5=${hash}\n`).toBe(await decodedFrames(name, frames))
  })

  test('is played by ffmpeg from our server', async () => {
    const frames = await encodedFrames(name)
    const played = await playedByFfmpeg(codec, unitsOfFrames(frames), pictureHash)
    expect(played.toString()).toBe(await decodedFrames(name, frames))
  })
})
