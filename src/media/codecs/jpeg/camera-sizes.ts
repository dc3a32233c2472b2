import type { RtpPacket } from '../../rtp/rtp-packet.ts'
import { marker } from './marker.ts'

/** The header has eight bits for eights of pixels: larger pictures are told modulo this. */
const PIXELS_MODULO = 2048

/** Pictures of cameras that are larger: from go2rtc's users. */
const largeSizes: readonly (readonly [width: number, height: number])[] = [
  [2560, 1920],
  [2560, 1440],
  [3840, 2160],
  [2304, 1296],
]

/**
 * QUIRK sizes beyond the 2040 pixels of RFC 2435 §3.1.5, of cameras that let them overflow: known sizes are
 * recognized by what is left of them. 0 is what is left of 2048.
 */
export const recoveredSize = (width: number, height: number): readonly [width: number, height: number] => {
  const known = largeSizes.find(size => size[0] % PIXELS_MODULO === width && size[1] % PIXELS_MODULO === height)
  return known ?? [width || PIXELS_MODULO, height || PIXELS_MODULO]
}

/** The header extension that begins as a JPEG file does: ONVIF Streaming Specification §5.1.3. */
const ONVIF_EXTENSION = 0xffd8
const RTP_HEADER_BYTES = 12

/** The size in pixels that ONVIF cameras tell in a header extension, where they send pictures that RFC 2435 cannot. */
export const onvifSize = ({ buffer }: RtpPacket): readonly [width: number, height: number] | undefined => {
  if ((buffer[0]! & 0x10) === 0) return undefined
  const start = RTP_HEADER_BYTES + (buffer[0]! & 0x0f) * 4
  if (buffer.readUInt16BE(start) !== ONVIF_EXTENSION) return undefined
  const extension = buffer.subarray(start + 4, start + 4 + buffer.readUInt16BE(start + 2) * 4)
  for (let at = 0; at + 4 <= extension.length && extension[at] === 0xff; ) {
    // The last segment is padded with marker's first byte.
    if (extension[at + 1] === 0xff) at++
    else if (extension[at + 1] !== marker.sof0) at += 2 + Math.max(2, extension.readUInt16BE(at + 2))
    else if (at + 9 > extension.length) return undefined
    else return nonZero(extension.readUInt16BE(at + 7), extension.readUInt16BE(at + 5))
  }
  return undefined
}

const nonZero = (width: number, height: number): readonly [number, number] | undefined =>
  width > 0 && height > 0 ? [width, height] : undefined
