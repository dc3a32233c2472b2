import type { AccessUnit } from '../../core/access-unit.ts'
import { MediaError } from '../../runtime/errors.ts'
import type { Packetizer } from '../codec-spec.ts'
import { formatJpegHeader } from './rtp-payload.ts'
import { readSendableJpeg, type SendableJpeg } from './sendable-jpeg.ts'

/** Tables may change with each picture and are always sent: RFC 2435 §4.2. */
const QUALITY = 255

/** JPEG files to RFC 2435 payloads. Those that RTP cannot say are left out: see `UnsendableJpegError`. */
export const jpegPacketizer = (payloadBytesMax: number): Packetizer => ({
  packetize(unit: AccessUnit) {
    const jpeg = sendable(unit.sample)
    if (jpeg === undefined) return []
    const { scan } = jpeg
    const payloads: (readonly Buffer[])[] = []
    for (let offset = 0; offset < scan.length; ) {
      const tables = offset === 0 ? jpeg.tables : undefined
      const header = formatJpegHeader({ ...jpeg, offset, quality: QUALITY, tables })
      const data = scan.subarray(offset, offset + Math.max(1, payloadBytesMax - header.length))
      payloads.push([header, data])
      offset += data.length
    }
    return payloads
  },
})

const sendable = (file: Buffer): SendableJpeg | undefined => {
  try {
    return readSendableJpeg(file)
  } catch (error) {
    if (error instanceof MediaError) return undefined
    throw error
  }
}
