import { turns } from './ffmpeg-arguments.ts'
import type { FfmpegTemplates } from './ffmpeg-templates.ts'
import { type Engine, hardwareEngines, withHardware } from './hardware-arguments.ts'

/** How a picture is changed: go2rtc's `/api/frame.jpeg`. */
export interface SnapshotChange {
  /** Pixels; what is missing follows from the other. */
  readonly width?: number
  readonly height?: number
  /** 90, 180, 270 or -90 degrees; others are ignored. */
  readonly rotate?: number
  /** An engine, or empty for the one that is found; others and absent: the processor. */
  readonly hardware?: string
}

/** A codec whose pictures ffmpeg reads here one by one. */
export type PictureCodec = 'H264' | 'H265' | 'RAW' | 'JPEG'

/** How long one takes to look at what it reads: not at all, or each picture would wait for the next. */
const atOnce = '-probesize 32 -analyzeduration 0 -flags low_delay'
/** Threads share a picture; by ffmpeg's default each would have a picture of its own, and give it late. */
const together = '-threads 2 -thread_type slice'
/** Times that are counted: no picture is left out or doubled for those it was sent with. */
const counted = '-r 25'

/** By codec: the container in which pictures are told apart without waiting. */
const inputs: Readonly<Record<PictureCodec, string>> = {
  H264: `${counted} ${atOnce} ${together} -f h264 -i -`,
  H265: `${counted} ${atOnce} ${together} -f hevc -i -`,
  RAW: `${atOnce} -f yuv4mpegpipe -i -`,
  JPEG: `${atOnce} ${together} -f mpjpeg -i -`,
}

/**
 * The command line of an ffmpeg that makes a JPEG of each picture it reads, as go2rtc's makes it of one: its templates,
 * filters and hardware, and what makes a running one give each picture at once.
 */
export const snapshotCommand = (
  codec: PictureCodec,
  { width, height, rotate, hardware }: SnapshotChange,
  templates: FfmpegTemplates,
  detected: Engine,
): string => {
  const turn = turns[String(rotate)]
  const scaled = width === undefined && height === undefined ? [] : [`scale=${width ?? -1}:${height ?? -1}`]
  const plain = {
    input: inputs[codec],
    codecs: [templates.get('mjpeg') ?? ''],
    filters: [...scaled, ...(turn === undefined ? [] : [turn])],
  }
  const engine = hardwareEngines.find(name => name === hardware) ?? 'software'
  const { input, codecs, filters } =
    hardware === undefined ? plain : withHardware(plain, () => (hardware === '' ? detected : engine), templates)
  const filter = filters.length === 0 ? '' : `-vf "${filters.join(',')}"`
  return line(templates, input, ...codecs, filter, together, templates.get('output/mjpeg') ?? '')
}

/** The command line of an ffmpeg that gives the pixels of each JPEG it reads, three bytes each, in this size. */
export const pixelsCommand = (width: number, height: number, templates: FfmpegTemplates): string =>
  line(
    templates,
    inputs.JPEG,
    `-vf scale=${width}:${height}`,
    '-c:v rawvideo -pix_fmt rgb24',
    together,
    '-f rawvideo -',
  )

const line = (templates: FfmpegTemplates, ...pieces: readonly string[]): string =>
  [templates.get('bin') ?? 'ffmpeg', templates.get('global') ?? '', ...pieces].filter(piece => piece !== '').join(' ')
