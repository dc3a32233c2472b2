import { describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { convert } from '#test/helpers/ffmpeg.ts'
import { depayloaded, packetsOf } from '#test/helpers/gstreamer.ts'
import { fixturePath, fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { packetsOfUnits, playedByFfmpeg, unitsFromFfmpeg, unitsOfPackets } from '#test/helpers/rtp-peers.ts'

const audio = (name: string, clockRate: number, channels: number): Codec => ({
  kind: 'audio',
  name,
  clockRate,
  channels,
  formatParameters: '',
})
const caps = (name: string, clockRate: number, channels: number): string =>
  `media=(string)audio,clock-rate=(int)${clockRate},encoding-name=(string)${name},payload=(int)96,channels=(int)${channels}`
const bytesOf = (units: readonly AccessUnit[]): Buffer => Buffer.concat(units.map(unit => unit.sample))
/** Samples, or bytes of G.722, in units of 20 ms. */
const cut = (bytes: Buffer, blockBytes: number, clockRate: number): AccessUnit[] => {
  const size = (clockRate / 50) * blockBytes
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    frameUnit(bytes.subarray(i * size, (i + 1) * size), (i * clockRate) / 50),
  )
}
const sine = (rate: number): readonly string[] => ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${rate}`]

const rows = [
  {
    ...{ codec: audio('L16', 44_100, 2), blockBytes: 4, format: ['-c:a', 'pcm_s16be', '-f', 's16be'] },
    ...{ raw: 'audio/x-raw,format=S16BE,layout=interleaved,rate=44100,channels=2', pay: 'L16' },
  },
  {
    ...{ codec: audio('L16', 16_000, 1), blockBytes: 2, format: ['-c:a', 'pcm_s16be', '-f', 's16be'] },
    ...{ raw: 'audio/x-raw,format=S16BE,layout=interleaved,rate=16000,channels=1', pay: 'L16' },
  },
  {
    ...{ codec: audio('PCMA', 8000, 1), blockBytes: 1, format: ['-c:a', 'pcm_alaw', '-f', 'alaw'] },
    ...{ raw: 'audio/x-alaw,rate=8000,channels=1', pay: 'pcma' },
  },
  {
    ...{ codec: audio('G722', 8000, 1), blockBytes: 1, format: ['-c:a', 'g722', '-f', 'g722'] },
    ...{ raw: 'audio/G722,rate=16000,channels=1', pay: 'g722' },
  },
] as const

describe.each(rows)('$codec.name at $codec.clockRate Hz', ({ codec, blockBytes, format, raw, pay }) => {
  const rate = codec.name === 'G722' ? 16_000 : codec.clockRate
  const source = [...sine(rate), '-t', '1', '-ac', String(codec.channels)]

  test('that ffmpeg sends arrives as it was', async () => {
    const units = await unitsFromFfmpeg(codec, ['-re', ...source, ...format.slice(0, 2)])
    const encoded = await convert([...source, ...format])
    const arrived = bytesOf(units)
    // ffmpeg forgets what does not fill a packet at the end.
    expect(arrived.length).toBeGreaterThan(encoded.length * 0.9)
    expect(arrived.equals(encoded.subarray(0, arrived.length))).toBe(true)
    let time = units[0]!.decodingTime as number
    for (const unit of units) {
      expect(unit.decodingTime).toBe(time)
      time += unit.sizeBytes / blockBytes
    }
  })

  test('goes through GStreamer both ways', async () => {
    const encoded = await convert([...source, ...format])
    const parsed = `fdsrc fd=0 blocksize=${(codec.clockRate / 50) * blockBytes} ! ${raw}`
    const received = unitsOfPackets(codec, await packetsOf(`${parsed} ! rtp${pay}pay`, encoded))
    expect(bytesOf(received).equals(encoded)).toBe(true)
    const sent = packetsOfUnits(codec, cut(encoded, blockBytes, codec.clockRate))
    const name = pay.toUpperCase()
    expect(await depayloaded(caps(name, codec.clockRate, codec.channels), `rtp${pay}depay`, sent)).toEqual(encoded)
  })

  test('is played by ffmpeg from our server', async () => {
    const encoded = await convert([...source, ...format])
    const toSamples = ['-c:a', 'pcm_s16le', '-f', 's16le']
    const played = await playedByFfmpeg(codec, cut(encoded, blockBytes, codec.clockRate), toSamples)
    const input = ['-f', format[3]!, '-ac', String(codec.channels)]
    const decoded = await convert(
      [...input, ...(codec.name === 'G722' ? [] : ['-ar', String(rate)]), '-i', 'pipe:0', ...toSamples],
      encoded,
    )
    expect(played.equals(decoded)).toBe(true)
  })
})

test('PCML is played by ffmpeg from our server, as L16', async () => {
  const samples = await convert([...sine(16_000), '-t', '1', '-f', 's16le'])
  const units = cut(samples, 2, 16_000)
  const played = await playedByFfmpeg(audio('PCML', 16_000, 1), units, ['-c:a', 'pcm_s16le', '-f', 's16le'])
  expect(played.equals(samples)).toBe(true)
})

describe('MP3', () => {
  const rtp = audio('MPA', 90_000, 0)
  const sent = unitsOf(fixtureTrack('mp3.mp4', 'audio'))
  const inRtpTime = sent.map((unit, i) => frameUnit(unit.sample, i * 2160))

  test('that ffmpeg sends arrives frame by frame', async () => {
    const units = await unitsFromFfmpeg(rtp, ['-re', '-i', fixturePath('mp3.mp4'), '-c', 'copy'])
    expect(units.length).toBeGreaterThan(sent.length * 0.8)
    expect(units.map(unit => unit.sample)).toEqual(sent.slice(0, units.length).map(unit => unit.sample))
    for (const [index, unit] of units.entries())
      expect(Math.abs(unit.decodingTime - units[0]!.decodingTime - 2160 * index)).toBeLessThan(3)
  })

  test('goes through GStreamer both ways', async () => {
    const stream = bytesOf(sent)
    const packets = await packetsOf(
      'fdsrc fd=0 ! audio/mpeg,mpegversion=1,layer=3 ! mpegaudioparse ! rtpmpapay',
      stream,
    )
    expect(unitsOfPackets(rtp, packets).map(unit => unit.sample)).toEqual(sent.map(unit => unit.sample))
    const back = await depayloaded(caps('MPA', 90_000, 1), 'rtpmpadepay', packetsOfUnits(rtp, inRtpTime))
    expect(back.equals(stream)).toBe(true)
  })

  test('is played by ffmpeg from our server, in the clock of files too', async () => {
    const toSamples = ['-c:a', 'pcm_s16le', '-f', 's16le']
    const decoded = await convert(['-f', 'mp3', '-i', 'pipe:0', ...toSamples], bytesOf(sent))
    const file = audio('MPA', 48_000, 1)
    const inFileTime = sent.map((unit, i) => frameUnit(unit.sample, i * 1152))
    for (const [codec, units] of [
      [rtp, inRtpTime],
      [file, inFileTime],
    ] as const) {
      const played = await playedByFfmpeg(codec, units, toSamples)
      expect(played.length).toBe(decoded.length)
      // Not to the bit: by RTP it takes another of its decoders.
      for (let at = 0; at < decoded.length; at += 2)
        expect(Math.abs(played.readInt16LE(at) - decoded.readInt16LE(at))).toBeLessThan(8)
    }
  })
})
