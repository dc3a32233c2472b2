import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { ADTS_FRAME_SAMPLES, AdtsReader, adtsCodec } from '../../codecs/aac/adts-reader.ts'
import { HEADER_BYTES, readMpaFrame } from '../../codecs/mpa/frame-header.ts'
import { opusSamples } from '../../codecs/opus/toc.ts'
import type { Codec } from '../../core/codec.ts'
import type { GatheredStream } from '../track-gathering.ts'
import type { ElementarySink, PesTimes, TimeUnwrapper } from './pes-reader.ts'
import { SoundClock } from './sound-clock.ts'

/** Bytes of sound in one PES packet: its length has 16 bits. */
const PES_BYTES_MAX = 65_536

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

const give = (
  out: GatheredStream,
  frame: Buffer,
  decodingTime: ReturnType<SoundClock['advance']>,
  configuration = none,
): void =>
  out.unit({ keyframe: true, decodingTime, compositionOffset: 0, framing: 'frame', parts: [frame], configuration })

/** AAC with ADTS headers; frames may go on in the next PES packet. */
export class AdtsElementaryStream implements ElementarySink {
  readonly #out: GatheredStream
  readonly #clock: SoundClock
  readonly #reader = new AdtsReader(frame => this.#give(frame))
  #configuration: Buffer | undefined
  #clockRate = 0

  constructor(out: GatheredStream, unwrapper: TimeUnwrapper) {
    this.#out = out
    this.#clock = new SoundClock(unwrapper)
  }

  begin(times: PesTimes | undefined): void {
    this.#clock.begin(times, this.#reader.waiting)
  }

  data(bytes: Buffer): void {
    this.#reader.push(bytes)
  }

  complete(): void {}

  lost(): void {
    this.#reader.reset()
  }

  end(): void {}

  #give(frame: Buffer): void {
    const { configuration } = this.#reader
    const [config] = configuration
    if (config === undefined) return
    if (config !== this.#configuration) {
      const codec = adtsCodec(config)
      // A track's clock is for life: frames of another rate would be nonsense in it.
      if (this.#clockRate !== 0 && codec.clockRate !== this.#clockRate) return
      this.#configuration = config
      this.#clockRate = codec.clockRate
      this.#out.known(codec)
    }
    give(this.#out, frame, this.#clock.advance(ADTS_FRAME_SAMPLES, this.#clockRate), configuration)
  }
}

/** MPEG audio of any layer; frames may go on in the next PES packet. */
export class MpegAudioElementaryStream implements ElementarySink {
  readonly #out: GatheredStream
  readonly #clock: SoundClock
  readonly #waiting = new ChunkQueue()

  constructor(out: GatheredStream, unwrapper: TimeUnwrapper) {
    this.#out = out
    this.#clock = new SoundClock(unwrapper)
  }

  begin(times: PesTimes | undefined): void {
    this.#clock.begin(times, this.#waiting.length > 0)
  }

  data(bytes: Buffer): void {
    const waiting = this.#waiting
    waiting.push(bytes)
    for (let head = waiting.peek(HEADER_BYTES); head; head = waiting.peek(HEADER_BYTES)) {
      const header = readMpaFrame(head)
      if (header === undefined) {
        waiting.skip(1)
        continue
      }
      const frame = waiting.take(header.sizeBytes)
      if (frame === undefined) return
      this.#out.known(mpegAudio)
      give(
        this.#out,
        frame,
        this.#clock.advance((header.samples * mpegAudio.clockRate) / header.sampleRate, mpegAudio.clockRate),
      )
    }
  }

  complete(): void {}

  lost(): void {
    this.#waiting.clear()
  }

  end(): void {}
}

/** RFC 3551 §4.5.13: its clock is 90 kHz whatever the sampling rate. */
const mpegAudio: Codec = { kind: 'audio', name: 'MPA', clockRate: 90_000, channels: 0, formatParameters: '' }

/** How the frames of one PES packet are found, where none goes on in the next. */
interface WholePesFormat {
  readonly codec: Codec
  /** Each frame and how many ticks it lasts. */
  split(content: Buffer): readonly (readonly [frame: Buffer, durationTicks: number])[]
}

/** Sound whose PES packets hold whole frames. */
export class WholePesElementaryStream implements ElementarySink {
  readonly #format: WholePesFormat
  readonly #out: GatheredStream
  readonly #clock: SoundClock
  readonly #waiting = new ChunkQueue()

  constructor(format: WholePesFormat, out: GatheredStream, unwrapper: TimeUnwrapper) {
    this.#format = format
    this.#out = out
    this.#clock = new SoundClock(unwrapper)
  }

  begin(times: PesTimes | undefined): void {
    this.complete()
    this.#clock.begin(times, false)
  }

  data(bytes: Buffer): void {
    this.#waiting.push(bytes)
    if (this.#waiting.length > PES_BYTES_MAX) this.#waiting.clear()
  }

  complete(): void {
    const { codec } = this.#format
    for (const [frame, durationTicks] of this.#format.split(this.#waiting.takeAll())) {
      this.#out.known(codec)
      give(this.#out, frame, this.#clock.advance(durationTicks, codec.clockRate))
    }
  }

  lost(): void {
    this.#waiting.clear()
  }

  end(): void {
    this.complete()
  }
}

/** G.711 as some cameras (Tapo) put it into private stream types: samples and nothing else. */
export const g711 = (name: 'PCMA' | 'PCMU'): WholePesFormat => ({
  codec: { kind: 'audio', name, clockRate: 8000, channels: 1, formatParameters: '' },
  split: content => (content.length === 0 ? [] : [[content, content.length]]),
})

/** Opus in MPEG-TS: each packet behind a control header of its own (ETSI TS 103 491, "opus_control_header"). */
export const opus = (channels: number): WholePesFormat => ({
  codec: { kind: 'audio', name: 'OPUS', clockRate: 48_000, channels, formatParameters: 'sprop-stereo=1' },
  split: splitOpus,
})

const splitOpus = (content: Buffer): readonly (readonly [Buffer, number])[] => {
  const packets: (readonly [Buffer, number])[] = []
  let at = 0
  while (at + 3 <= content.length && content.readUInt16BE(at) >> 5 === 0x3ff) {
    const flags = content[at + 1]!
    let size = 0
    at += 2
    for (let more = true; more && at < content.length; at++) {
      size += content[at]!
      more = content[at] === 0xff
    }
    if ((flags & 0x10) !== 0) at += 2 // start_trim
    if ((flags & 0x08) !== 0) at += 2 // end_trim
    if ((flags & 0x04) !== 0) at += 1 + (content[at] ?? 0) // control_extension
    const packet = content.subarray(at, at + size)
    const samples = opusSamples(packet)
    if (packet.length < size || samples === undefined) break
    packets.push([packet, samples])
    at += size
  }
  return packets
}
