import { type FfmpegSurroundings, ffmpegInput } from './ffmpeg-input.ts'
import { type FfmpegSource, paramOf, paramsOf } from './ffmpeg-source.ts'
import { type FfmpegTemplates, templateOr } from './ffmpeg-templates.ts'
import {
  type EncodedName,
  type Engine,
  hardwareEngines,
  type VideoArguments,
  withHardware,
} from './hardware-arguments.ts'

/** What a command line depends on beside its source. */
export interface FfmpegCommandOptions extends FfmpegSurroundings {
  /** Whether this ffmpeg begins a file with a burst unless it is told not to: libavformat 60.16 and later. */
  readonly burstsAtStart: boolean
  /** What encodes a codec here, for `#hardware` without an engine. */
  readonly detected: (name: EncodedName) => Engine
}

/** The command line of ffmpeg for a source, equal to go2rtc's, without `exec:`. Throws `FfmpegSourceError`. */
export const ffmpegCommand = (source: FfmpegSource, options: FfmpegCommandOptions): string => {
  const { templates } = options
  const { input, codecs, filters } = moved(
    {
      input: ffmpegInput(source, options),
      codecs: codecArguments(source, templates),
      filters: filtersOf(source, templates),
    },
    source,
    options,
  )
  return [
    templates.get('bin'),
    templates.get('global'),
    options.burstsAtStart && input.startsWith('-re ') ? '-readrate_initial_burst 0.001' : '',
    input,
    ...mapped([...codecs, rest(source)], source),
    filters.length === 0 ? '' : `-vf "${filters.join(',')}"`,
    templates.get(outputName(source, input)),
  ]
    .filter(piece => piece !== undefined && piece !== '')
    .join(' ')
}

const moved = (plain: VideoArguments, source: FfmpegSource, options: FfmpegCommandOptions): VideoArguments => {
  const asked = paramOf(source.params, 'hardware')
  if (asked === undefined) return plain
  const engine = hardwareEngines.find(name => name === asked) ?? 'software'
  return withHardware(plain, asked === '' ? options.detected : () => engine, options.templates)
}

/** The arguments of each codec that is asked for: raw ones first, then pictures, then sound. */
export const codecArguments = ({ params, videos, audios }: FfmpegSource, templates: FfmpegTemplates): string[] => {
  const bitrate = paramOf(params, 'bitrate')
  return [
    ...paramsOf(params, 'raw').map(raw => templateOr(templates, raw)),
    ...videos.map(video => (video === 'copy' ? '-c:v copy' : templateOr(templates, video))),
    ...(bitrate === undefined ? [] : [`-b:v ${bitrate} -maxrate ${bitrate} -bufsize ${bitrate}`]),
    ...audios.map(audio => (audio === 'copy' ? '-c:a copy' : templateOr(templates, audio))),
  ]
}

/** What becomes of the kind that nobody asked for. */
const rest = ({ videos, audios }: FfmpegSource): string => {
  if (videos.length === 0 && audios.length === 0) return '-c copy'
  if (videos.length === 0) return '-vn'
  return audios.length === 0 ? '-an' : ''
}

/** With several codecs of one kind, each says what it is made of and is numbered. */
const mapped = (codecs: readonly string[], { videos, audios }: FfmpegSource): readonly string[] => {
  if (videos.length <= 1 && audios.length <= 1) return codecs
  const seen = { v: 0, a: 0 }
  return codecs.map(codec => {
    const kind = codec.startsWith('-c:v ') ? 'v' : codec.startsWith('-c:a ') ? 'a' : undefined
    if (kind === undefined) return codec
    return `-map 0:${kind}:0? ${codec.replaceAll(`:${kind} `, `:${kind}:${seen[kind]++} `)}`
  })
}

/** A turn in degrees, clockwise, as a filter. */
export const turns: Readonly<Record<string, string>> = {
  '90': 'transpose=1',
  '180': 'transpose=1,transpose=1',
  '270': 'transpose=2',
  '-90': 'transpose=2',
}

/** A clock in the corner, for a text that says nothing else. */
const CLOCK = ":text='%{localtime\\:%Y-%m-%d %X}'"

const filtersOf = ({ params }: FfmpegSource, templates: FfmpegTemplates): readonly string[] => {
  const [width, height, turn] = ['width', 'height', 'rotate'].map(key => paramOf(params, key))
  const turned = turn === undefined ? undefined : turns[turn]
  return [
    ...(width === undefined && height === undefined ? [] : [`scale=${width ?? '-1'}:${height ?? '-1'}`]),
    ...(turned === undefined ? [] : [turned]),
    ...paramsOf(params, 'drawtext').map(text => {
      const drawn = templateOr(templates, text)
      return `drawtext=${drawn}${drawn.includes('text=') ? '' : CLOCK}`
    }),
  ]
}

/** Which template writes: by RTSP, unless one track alone goes through a pipe just as well. */
const outputName = ({ videos, audios }: FfmpegSource, input: string): string => {
  const [video, audio] = [videos, audios].map(names => (names.length === 1 ? names[0]?.split('/')[0] : undefined))
  if (videos.length === 0 && audios.length === 0) return input.includes(' mjpeg ') ? 'output/mjpeg' : 'output'
  if (audios.length === 0 && (video === 'mjpeg' || video === 'raw')) return `output/${video}`
  if (videos.length > 0) return 'output'
  if (audio === 'aac') return 'output/aac'
  return audio === 'pcma' || audio === 'pcmu' || audio === 'pcml' ? 'output/wav' : 'output'
}
