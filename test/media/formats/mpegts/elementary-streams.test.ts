import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NalElementaryStream } from '#media/formats/mpegts/nal-elementary-stream.ts'
import { type ElementarySink, TimeUnwrapper } from '#media/formats/mpegts/pes-reader.ts'
import { SoundClock } from '#media/formats/mpegts/sound-clock.ts'
import {
  AdtsElementaryStream,
  g711,
  MpegAudioElementaryStream,
  opus,
  WholePesElementaryStream,
} from '#media/formats/mpegts/sound-elementary-streams.ts'
import { elementaryStreamFactory } from '#media/formats/mpegts/stream-type.ts'
import type { GatheredStream } from '#media/formats/track-gathering.ts'

const recorder = () => {
  const said: string[] = []
  const out: GatheredStream = {
    known: codec => said.push(codec.name),
    unit: ({ decodingTime, parts }) =>
      said.push(`${decodingTime} ${parts.map(part => part.toString('hex')).join(' ')}`),
  }
  return { said, out, unwrapper: new TimeUnwrapper() }
}
const at = (time: number) => ({ presentation: time, decoding: time })
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('elementary streams', () => {
  test.each([
    { streamType: 3, registration: '', made: MpegAudioElementaryStream },
    { streamType: 15, registration: '', made: AdtsElementaryStream },
    { streamType: 27, registration: '', made: NalElementaryStream },
    { streamType: 36, registration: '', made: NalElementaryStream },
    { streamType: 144, registration: '', made: WholePesElementaryStream },
    { streamType: 6, registration: 'Opus', made: WholePesElementaryStream },
    { streamType: 6, registration: '', made: undefined },
    { streamType: 17, registration: '', made: undefined },
  ])('of type $streamType $registration are read, or left out', ({ streamType, registration, made }) => {
    const make = elementaryStreamFactory({ pid: 1, streamType, registration, opusChannels: undefined })
    const { out, unwrapper } = recorder()
    expect(make?.(out, unwrapper).constructor).toBe(made)
  })

  test('of AAC give each frame its time, also where it began in the PES packet before', () => {
    const { said, out, unwrapper } = recorder()
    const stream = new AdtsElementaryStream(out, unwrapper)
    const frame = hex('fff14c80 011ffc aa')
    stream.begin(at(90_000))
    stream.data(Buffer.concat([frame, frame.subarray(0, 3)]))
    stream.complete()
    stream.begin(at(180_000))
    stream.data(Buffer.concat([frame.subarray(3), frame]))
    stream.lost()
    stream.end()
    expect(said).toEqual(['MPEG4-GENERIC', '48000 aa', '49024 aa', '96000 aa'])
  })

  test('of AAC that change their rate give nothing more', () => {
    const { said, out, unwrapper } = recorder()
    const stream = new AdtsElementaryStream(out, unwrapper)
    stream.begin(undefined)
    stream.data(hex('fff14c80 011ffc aa fff16c80 011ffc bb'))
    expect(said).toEqual(['MPEG4-GENERIC', 'undefined aa'])
  })

  test('of Opus are taken apart', () => {
    const { said, out, unwrapper } = recorder()
    const stream = new WholePesElementaryStream(opus(2), out, unwrapper)
    stream.begin(at(0))
    // 20 ms each; the second with both trims and an extension.
    stream.data(hex('7fe0 02 fcaa 7ffc 02 0001 0002 01 ff fcbb'))
    stream.begin(at(3600))
    stream.data(hex('7fe0 05 fcaa'))
    stream.end()
    expect(said).toEqual(['OPUS', '0 fcaa', 'OPUS', '960 fcbb'])
  })

  test('of G.711 are a frame a PES packet, and not more than one can be', () => {
    const { said, out, unwrapper } = recorder()
    const stream = new WholePesElementaryStream(g711('PCMU'), out, unwrapper)
    stream.begin(at(0))
    stream.data(hex('0102'))
    stream.data(hex('03'))
    stream.complete()
    stream.begin(at(9000))
    stream.data(Buffer.alloc(70_000))
    stream.complete()
    stream.begin(at(9000))
    stream.data(hex('04'))
    stream.lost()
    stream.end()
    expect(said).toEqual(['PCMU', '0 010203'])
  })

  test('any bytes are read', () => {
    const makes: readonly ((...from: [GatheredStream, TimeUnwrapper]) => ElementarySink)[] = [
      (...from) => new NalElementaryStream('H265', ...from),
      (...from) => new AdtsElementaryStream(...from),
      (...from) => new MpegAudioElementaryStream(...from),
      (...from) => new WholePesElementaryStream(opus(1), ...from),
    ]
    fc.assert(
      fc.property(fc.nat(3), fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (which, pieces) => {
        const { out, unwrapper } = recorder()
        const stream = makes[which]!(out, unwrapper)
        for (const [index, piece] of pieces.entries()) {
          if (index % 3 === 0) stream.begin(index % 2 === 0 ? at(index) : undefined)
          stream.data(Buffer.concat([hex(['000001', 'fff1', 'fffd', '7fe0'][which]!), piece]))
          if (index % 5 === 0) stream.lost()
          if (index % 4 === 0) stream.complete()
        }
        stream.end()
      }),
    )
  })
})

test('a clock of sound says nothing before it has been told a time', () => {
  const clock = new SoundClock(new TimeUnwrapper())
  expect(clock.advance(1024, 48_000)).toBeUndefined()
  clock.begin(at(900), true)
  expect([clock.advance(1, 90_000), clock.advance(1, 90_000), clock.advance(1, 90_000)]).toEqual([undefined, 900, 901])
})
