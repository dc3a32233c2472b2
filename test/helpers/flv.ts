import { h265NalType } from '#media/codecs/h265/nal-unit.ts'
import type { DemuxedTrack } from '#media/formats/mp4/demuxer.ts'

/** The file header with these flags: 4 promises sound, 1 pictures. */
export const flvHeader = (flags: number): Buffer => Buffer.of(0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9)

/** One tag with the size of the one before it, which nobody looks at. */
export const flvTag = (type: number, timestamp: number, data: Buffer | string): Buffer => {
  const bytes = typeof data === 'string' ? Buffer.from(data.replaceAll(' ', ''), 'hex') : data
  const head = Buffer.alloc(15)
  head[4] = type
  head.writeUIntBE(bytes.length, 5, 3)
  head.writeUIntBE(timestamp % 2 ** 24, 8, 3)
  head[11] = Math.floor(timestamp / 2 ** 24)
  return Buffer.concat([head, bytes])
}

/** A track of H.265 as tags with this beginning (hexadecimal): CodecID 12, or what Enhanced RTMP has. */
export const hevcTags = (
  track: DemuxedTrack,
  heads: { readonly configuration: string; readonly picture: string },
): Buffer => {
  const config = Buffer.concat([Buffer.from(heads.configuration, 'hex'), hevcRecord(track.configuration)])
  const pictures = track.samples.map(({ sample, decodingTime }) =>
    flvTag(9, Math.round(decodingTime / 90), Buffer.concat([Buffer.from(heads.picture, 'hex'), sample!])),
  )
  return Buffer.concat([flvTag(9, 0, config), ...pictures])
}

/** HEVCDecoderConfigurationRecord, with nothing true in it but what is read. */
export const hevcRecord = (sets: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(23)
  head[0] = 1
  head[21] = 3
  head[22] = sets.length
  const arrays = sets.flatMap(nal => [Buffer.of(h265NalType(nal[0]!), 0, 1, nal.length >> 8, nal.length & 0xff), nal])
  return Buffer.concat([head, ...arrays])
}

/** AVCDecoderConfigurationRecord with one SPS and one PPS. */
export const avcRecord = (sps: Buffer, pps: Buffer): Buffer =>
  Buffer.concat([
    Buffer.of(1, ...sps.subarray(1, 4), 0xff, 0xe1, sps.length >> 8, sps.length & 0xff),
    sps,
    Buffer.of(1, pps.length >> 8, pps.length & 0xff),
    pps,
  ])
