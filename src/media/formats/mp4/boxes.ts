import type { Kind } from '../../core/codec.ts'
import { box, fullBox, text, u8, u16, u32 } from './box.ts'

/** A track as the header of an MP4 describes it. */
export interface TrackHeader {
  /** From 1. */
  readonly id: number
  readonly kind: Kind
  /** Hz. */
  readonly timescale: number
  /** Pixels; 0 for sound. */
  readonly width: number
  readonly height: number
  /** The sample entry: see `sample-entry.ts`. */
  readonly entry: Buffer
  /** How pictures are to be turned. Default: not at all. */
  readonly rotate?: Rotation
}

/** Degrees, clockwise. */
export type Rotation = 0 | 90 | 180 | 270

/** How a player is told to show pictures, which stay as they are. */
export interface Display {
  readonly rotate?: Rotation
  /** Width and height of a pixel, relative to each other. */
  readonly pixel?: readonly [width: number, height: number]
}

/** No rotation, no scale: fixed point 16.16, the last column 2.30. */
const unityMatrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
/** What turns a picture, and moves it back to where both its sides are positive (§6.2.2): fixed point 16.16. */
const turned = ({ rotate = 0, width, height }: TrackHeader): Buffer => {
  if (rotate === 0) return unityMatrix
  const [cos, sin] = rotate === 180 ? [-1, 0] : [0, rotate === 90 ? 1 : -1]
  const x = rotate === 90 ? height : rotate === 180 ? width : 0
  const y = rotate === 90 ? 0 : rotate === 180 ? height : width
  const fixed = (value: number): number => (value * 0x10000) >>> 0
  return u32(fixed(cos), fixed(sin), 0, fixed(-sin), fixed(cos), 0, fixed(x), fixed(y), 0x40000000)
}

/** Ticks a second of the movie as a whole; our tracks have their own. */
const MOVIE_TIMESCALE = 1000
/** `und` in three times five bits. */
const LANGUAGE_UNDETERMINED = 0x55c4

/** File type box, §4.3. */
export const ftyp = (): Buffer =>
  box(
    'ftyp',
    text('iso5'), // major_brand
    u32(512), // minor_version
    text('iso5iso6mp41'), // compatible_brands
  )

/** Movie box, §8.2.1, for a movie that comes in fragments. */
export const moov = (tracks: readonly TrackHeader[]): Buffer =>
  box('moov', mvhd(tracks.length + 1), ...tracks.map(trak), box('mvex', ...tracks.map(trex)))

/** Movie header box, §8.2.2. */
const mvhd = (nextTrackId: number): Buffer =>
  fullBox(
    'mvhd',
    0,
    0,
    u32(0), // creation_time
    u32(0), // modification_time
    u32(MOVIE_TIMESCALE), // timescale
    u32(0), // duration
    u32(0x10000), // rate
    u16(0x100, 0), // volume, reserved
    u32(0, 0), // reserved
    unityMatrix, // matrix
    u32(0, 0, 0, 0, 0, 0), // pre_defined
    u32(nextTrackId), // next_track_ID
  )

/** Track box, §8.3.1. */
const trak = (track: TrackHeader): Buffer =>
  box('trak', tkhd(track), box('mdia', mdhd(track), hdlr(track), minf(track)))

/** Track header box, §8.3.2: enabled, in the movie. */
const tkhd = (track: TrackHeader): Buffer => {
  const { id, kind, width, height } = track
  return fullBox(
    'tkhd',
    0,
    3,
    u32(0), // creation_time
    u32(0), // modification_time
    u32(id), // track_ID
    u32(0), // reserved
    u32(0), // duration
    u32(0, 0), // reserved
    u16(0, 0), // layer, alternate_group
    u16(kind === 'audio' ? 0x100 : 0, 0), // volume, reserved
    turned(track), // matrix
    u32(width * 0x10000), // width
    u32(height * 0x10000), // height
  )
}

/** Media header box, §8.4.2. */
const mdhd = ({ timescale }: TrackHeader): Buffer =>
  fullBox(
    'mdhd',
    0,
    0,
    u32(0), // creation_time
    u32(0), // modification_time
    u32(timescale), // timescale
    u32(0), // duration
    u16(LANGUAGE_UNDETERMINED), // language
    u16(0), // pre_defined
  )

/** Handler reference box, §8.4.3. */
const hdlr = ({ kind }: TrackHeader): Buffer =>
  fullBox(
    'hdlr',
    0,
    0,
    u32(0), // pre_defined
    text(kind === 'audio' ? 'soun' : 'vide'), // handler_type
    u32(0, 0, 0), // reserved
    text('\0'), // name
  )

/** Media information box, §8.4.4. */
const minf = ({ kind, entry }: TrackHeader): Buffer => {
  const header =
    kind === 'audio'
      ? fullBox('smhd', 0, 0, u16(0, 0)) // balance, reserved
      : fullBox('vmhd', 0, 1, u16(0, 0, 0, 0)) // graphicsmode, opcolor
  const here = fullBox('url ', 0, 1)
  return box('minf', header, box('dinf', fullBox('dref', 0, 0, u32(1), here)), stbl(entry))
}

/** Sample table box, §8.5.1: only the description; the samples are in the fragments. */
const stbl = (entry: Buffer): Buffer =>
  box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry), // entry_count, the entry
    fullBox('stts', 0, 0, u32(0)), // entry_count
    fullBox('stsc', 0, 0, u32(0)), // entry_count
    fullBox('stsz', 0, 0, u32(0, 0)), // sample_size, sample_count
    fullBox('stco', 0, 0, u32(0)), // entry_count
  )

/** Track extends box, §8.8.3: every fragment says for itself. */
const trex = ({ id }: TrackHeader): Buffer =>
  fullBox(
    'trex',
    0,
    0,
    u32(id), // track_ID
    u32(1), // default_sample_description_index
    u32(0), // default_sample_duration
    u32(0), // default_sample_size
    u32(0), // default_sample_flags
  )

/** Visual sample entry, §12.1.3. */
export const visualEntry = (type: string, width: number, height: number, ...boxes: readonly Buffer[]): Buffer =>
  box(
    type,
    u8(0, 0, 0, 0, 0, 0), // reserved
    u16(1), // data_reference_index
    u16(0, 0), // pre_defined, reserved
    u32(0, 0, 0), // pre_defined
    u16(width, height), // width, height
    u32(0x480000, 0x480000), // horizresolution, vertresolution: 72 dpi
    u32(0), // reserved
    u16(1), // frame_count
    Buffer.alloc(32), // compressorname
    u16(0x18), // depth
    u16(0xffff), // pre_defined
    ...boxes,
  )

/** Pixel aspect ratio box, §12.1.4. */
export const pasp = ([width, height]: readonly [number, number]): Buffer => box('pasp', u32(width, height))

/** Audio sample entry, §12.2.3. `sampleRate` in Hz; what does not fit into 16 bits is written as 0. */
export const audioEntry = (type: string, channels: number, sampleRate: number, ...boxes: readonly Buffer[]): Buffer =>
  box(
    type,
    u8(0, 0, 0, 0, 0, 0), // reserved
    u16(1), // data_reference_index
    u32(0, 0), // reserved
    u16(channels, 16), // channelcount, samplesize
    u16(0, 0), // pre_defined, reserved
    u16(sampleRate > 0xffff ? 0 : sampleRate, 0), // samplerate, fixed point 16.16
    ...boxes,
  )
