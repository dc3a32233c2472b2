import { convert } from '#test/helpers/ffmpeg.ts'

const FILE_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 12

/** The frames of an IVF file. */
export const readIvf = (file: Buffer): Buffer[] => {
  const frames: Buffer[] = []
  for (let at = FILE_HEADER_BYTES; at < file.length; ) {
    const end = at + FRAME_HEADER_BYTES + file.readUInt32LE(at)
    frames.push(file.subarray(at + FRAME_HEADER_BYTES, end))
    at = end
  }
  return frames
}

/** An IVF file of frames, 25 a second. */
export const writeIvf = (fourcc: string, frames: readonly Buffer[]): Buffer => {
  const header = Buffer.alloc(FILE_HEADER_BYTES)
  header.write(`DKIF\0\0\x20\0${fourcc}`, 'latin1')
  header.writeUInt16LE(160, 12)
  header.writeUInt16LE(120, 14)
  header.writeUInt32LE(25, 16)
  header.writeUInt32LE(1, 20)
  header.writeUInt32LE(frames.length, 24)
  return Buffer.concat([
    header,
    ...frames.flatMap((frame, index) => {
      const head = Buffer.alloc(FRAME_HEADER_BYTES)
      head.writeUInt32LE(frame.length)
      head.writeUInt32LE(index, 4)
      return [head, frame]
    }),
  ])
}

/** Codecs that ffmpeg encodes into IVF. */
export const ivfCodecs = {
  VP8: { fourcc: 'VP80', encoder: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k'] },
  VP9: { fourcc: 'VP90', encoder: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k'] },
  AV1: {
    fourcc: 'AV01',
    encoder: ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0'],
  },
} as const

/** Ten frames of a test picture, keyframes at 0 and 5. */
export const encodedFrames = async (name: keyof typeof ivfCodecs): Promise<Buffer[]> => {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25', '-frames:v', '10', '-pix_fmt', 'yuv420p', '-g', '5']
  return readIvf(await convert([...source, ...ivfCodecs[name].encoder, '-f', 'ivf']))
}

/** Makes ffmpeg give the hash of all pictures. */
export const pictureHash: readonly string[] = [
  ...['-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-pix_fmt', 'yuv420p', '-f', 'md5'],
]

/** The hash of the pictures of frames, as ffmpeg decodes them. */
export const decodedFrames = async (name: keyof typeof ivfCodecs, frames: readonly Buffer[]): Promise<string> =>
  (await convert(['-f', 'ivf', '-i', 'pipe:0', ...pictureHash], writeIvf(ivfCodecs[name].fourcc, frames))).toString()
