import { convert } from '#test/helpers/ffmpeg.ts'
import { launch } from '#test/helpers/gstreamer.ts'

/** Files that stand one behind the other, taken apart at their markers. */
export const splitFiles = (bytes: Buffer): Buffer[] => {
  const files: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(Buffer.of(0xff, 0xd9), at) + 2
    files.push(bytes.subarray(at, end))
    at = end
  }
  return files
}

/** JPEG files that ffmpeg encodes, with standard Huffman tables unless said otherwise. */
export const ffmpegJpegs = async (options: {
  readonly size?: string
  readonly count?: number
  readonly parameters?: readonly string[]
}): Promise<Buffer[]> => {
  const { size = '160x120', count = 1, parameters = [] } = options
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=5`, '-frames:v', String(count)]
  const encoder = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-huffman', 'default', ...parameters, '-f', 'mjpeg']
  return splitFiles(await convert([...source, ...encoder]))
}

/** JPEG files that libjpeg encodes, in one of GStreamer's formats: `I420`, `Y42B` (4:2:2), `Y444`, `GRAY8`. */
export const libjpegFiles = async (format: string, quality = 85, count = 1): Promise<Buffer[]> => {
  const source = `videotestsrc num-buffers=${count} ! video/x-raw,width=160,height=120,format=${format}`
  return splitFiles(await launch(`${source} ! jpegenc quality=${quality} ! fdsink fd=1`))
}

/** The hash of the pictures of JPEG files, as ffmpeg decodes them. */
export const decodedJpegs = async (files: readonly Buffer[]): Promise<string> =>
  (await convert(['-f', 'mjpeg', '-i', 'pipe:0', ...pictureHash], Buffer.concat(files))).toString()

/** Makes ffmpeg give the hash of all pictures. */
export const pictureHash: readonly string[] = ['-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-f', 'md5']
