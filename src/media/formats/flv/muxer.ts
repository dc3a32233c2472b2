import { formatAvcDecoderConfig } from '../../codecs/h264/decoder-config.ts'
import { h264NalType, nalType } from '../../codecs/h264/nal-unit.ts'
import { parseH264Sps } from '../../codecs/h264/sps.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec, Kind } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../muxer.ts'
import { formatMetadata } from './metadata.ts'
import { tagType } from './tag.ts'

/** Signature, version, where the tags begin; the flags are written into it (Adobe FLV 10.1 §E.2). */
const FILE_HEADER = 'FLV\x01\x00\x00\x00\x00\x09'
const FLAGS_AT = 4
const flags: Readonly<Record<Kind, number>> = { video: 1, audio: 4 }
/** PreviousTagSize and the tag's own header (§E.3, §E.4.1). */
const PREVIOUS_BYTES = 4
const HEADER_BYTES = 11
/** AVC, as a key frame and as another; AAC, which is always said to be stereo of 44.1 kHz (§E.4.3.1, §E.4.2.1). */
const AVC_KEYFRAME = 0x17
const AVC_OTHER = 0x27
const AAC = 0xaf
/** What follows: a configuration, or media. */
const CONFIGURATION = 0
const MEDIA = 1

/**
 * FLV with H.264 and AAC. Each message begins with the size of the tag before it, so that none is followed by
 * anything: what is written is whole.
 */
export class FlvMuxer implements Muxer {
  readonly #opened: () => void
  /** Of the last tag; `undefined` before the file's header. */
  #previousBytes: number | undefined
  /** Milliseconds of the newest tag. */
  #timeMs = 0

  /** `opened` is told once, before the first byte. */
  constructor(opened: () => void) {
    this.#opened = opened
  }

  takes({ name }: Codec): boolean {
    return name === 'H264' || name === 'MPEG4-GENERIC'
  }

  open(tracks: readonly MuxedTrack[], write: WriteBytes): void {
    const configurations = tracks.map(configurationOf)
    if (this.#previousBytes === undefined) {
      this.#opened()
      this.#previousBytes = 0
      const header = Buffer.from(FILE_HEADER, 'latin1')
      for (const { codec } of tracks) header[FLAGS_AT]! |= flags[codec.kind]
      write(header)
    }
    const head = formatMetadata(describe(tracks))
    this.#tag('script', head, Buffer.alloc(0), write)
    for (const [index, { codec }] of tracks.entries())
      this.#tag(codec.kind, configurations[index]!, Buffer.alloc(0), write)
  }

  unit({ codec }: MuxedTrack, unit: AccessUnit, placed: Placed, write: WriteBytes): void {
    const inMs = (time: number): number => Math.round((time * 1000) / codec.clockRate)
    const timeMs = inMs(placed.decodeTime)
    this.#timeMs = timeMs
    const compositionMs = inMs(placed.decodeTime + placed.compositionOffset) - timeMs
    const head = codec.kind === 'video' ? avcHead(unit.keyframe, MEDIA, compositionMs) : Buffer.of(AAC, MEDIA)
    this.#tag(codec.kind, head, unit.sample, write)
  }

  #tag(kind: Kind | 'script', head: Buffer, body: Buffer, write: WriteBytes): void {
    const dataBytes = head.length + body.length
    const start = Buffer.alloc(PREVIOUS_BYTES + HEADER_BYTES)
    start.writeUInt32BE(this.#previousBytes ?? 0, 0)
    start[4] = tagType[kind]
    start.writeUIntBE(dataBytes, 5, 3)
    const time = this.#timeMs % 2 ** 32
    start.writeUIntBE(time % 2 ** 24, 8, 3)
    start[11] = Math.floor(time / 2 ** 24)
    this.#previousBytes = HEADER_BYTES + dataBytes
    write(Buffer.concat([start, head]), body.length > 0 ? body : undefined)
  }
}

/** What `onMetaData` says of tracks, with the numbers of their codecs (§E.5). */
const describe = (tracks: readonly MuxedTrack[]): Readonly<Record<string, number>> => {
  const told: Record<string, number> = {}
  for (const { codec, configuration } of tracks) {
    if (codec.kind === 'audio') {
      Object.assign(told, { audiocodecid: AAC >> 4, audiosamplerate: codec.clockRate, audiosamplesize: 16 })
      continue
    }
    told['videocodecid'] = AVC_OTHER & 0x0f
    Object.assign(told, sizeOf(configuration))
  }
  return told
}

/** Nothing where it cannot be read: players look into the pictures themselves. */
const sizeOf = (configuration: readonly Buffer[]): Readonly<Record<string, number>> => {
  const set = configuration.find(nal => h264NalType(nal[0] ?? 0) === nalType.sps)
  try {
    if (set === undefined) return {}
    const { width, height } = parseH264Sps(set)
    return { width, height }
  } catch {
    return {}
  }
}

/** AVCVIDEOPACKET up to its data; the composition time has 24 bits and a sign. */
const avcHead = (keyframe: boolean, packetType: number, compositionMs: number): Buffer => {
  const head = Buffer.alloc(5)
  head[0] = keyframe ? AVC_KEYFRAME : AVC_OTHER
  head[1] = packetType
  head.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, compositionMs)), 2, 3)
  return head
}

const configurationOf = ({ codec, configuration }: MuxedTrack): Buffer => {
  const record = codec.kind === 'video' ? formatAvcDecoderConfig(configuration) : configuration[0]
  if (record === undefined) throw new MalformedError(`${codec.name} without its configuration`)
  const head = codec.kind === 'video' ? avcHead(true, CONFIGURATION, 0) : Buffer.of(AAC, CONFIGURATION)
  return Buffer.concat([head, record])
}
