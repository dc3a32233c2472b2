import { MediaError } from '../../runtime/errors.ts'
import { type AttachedDevices, deviceInput, speechInput, virtualInput } from './ffmpeg-device.ts'
import { type FfmpegSource, paramOf, paramsOf } from './ffmpeg-source.ts'
import { type FfmpegTemplates, templateOr } from './ffmpeg-templates.ts'

/** An `ffmpeg:` source that cannot become a command. */
export class FfmpegSourceError extends MediaError {
  readonly code = 'malformed_source'
  /** go2rtc's sentence for it. */
  readonly go2rtcMessage: string

  constructor(message: string, go2rtcMessage = message) {
    super(message)
    this.go2rtcMessage = go2rtcMessage
  }
}

/** What an input can refer to. */
export interface FfmpegSurroundings {
  readonly templates: FfmpegTemplates
  /** Whether a stream of ours has this name. */
  readonly hasStream: (name: string) => boolean
  /** The port of our own RTSP server; `undefined` when there is none. */
  readonly rtspPort: number | undefined
  readonly devices: AttachedDevices
  readonly platform: NodeJS.Platform
}

/** Everything up to and with `-i …`. Throws `FfmpegSourceError`. */
export const ffmpegInput = (source: FfmpegSource, surroundings: FfmpegSurroundings): string => {
  const input = plainInput(source, surroundings)
  return paramOf(source.params, 'async') === undefined ? input : `-use_wallclock_as_timestamps 1 -async 1 ${input}`
}

const plainInput = (source: FfmpegSource, surroundings: FfmpegSurroundings): string => {
  const { input } = source
  const templated = (name: string, address = input): string => fill(name, address, source, surroundings.templates)
  const scheme = /^(.+?):\/\//s.exec(input)?.[1]
  if (scheme !== undefined) {
    if (['http', 'https', 'rtmp'].includes(scheme)) return templated('http')
    if (['rtsp', 'rtsps'].includes(scheme)) return `-allowed_media_types ${wanted(source)} ${templated('rtsp')}`
    return `-i ${input}`
  }
  if (surroundings.hasStream(input)) return templated('rtsp', streamAddress(source, surroundings))
  const question = input.indexOf('?')
  if (question > 0) return generated(input.slice(0, question), input.slice(question + 1), surroundings)
  return templated('file')
}

const generated = (kind: string, query: string, { devices, platform }: FfmpegSurroundings): string => {
  if (kind === 'device') return deviceInput(query, devices, platform)
  if (kind === 'virtual') return virtualInput(query)
  return kind === 'tts' ? speechInput(query) : ''
}

const fill = (name: string, address: string, { params }: FfmpegSource, templates: FfmpegTemplates): string => {
  const own = paramOf(params, 'input')
  const template = own === undefined ? (templates.get(name) ?? '') : templateOr(templates, own)
  const seconds = paramOf(params, 'timeout') ?? templates.get('timeout') ?? ''
  // By functions, because a dollar sign in an address means nothing.
  return template.replace('{timeout}', () => `${seconds}000000`).replace('{input}', () => address)
}

/** What ffmpeg shall set up, as it calls it: both when nothing is said. */
const wanted = ({ videos, audios }: FfmpegSource): string => {
  if (videos.length > 0 && audios.length === 0) return 'video'
  return videos.length === 0 && audios.length > 0 ? 'audio' : 'video+audio'
}

const streamQueries: Readonly<Record<string, string>> = { video: 'video', audio: 'audio', 'video+audio': 'video&audio' }

/** Our own stream, asked of our own RTSP server; `source` tells it whom not to feed from. */
const streamAddress = (source: FfmpegSource, { rtspPort }: FfmpegSurroundings): string => {
  if (rtspPort === undefined)
    throw new FfmpegSourceError(
      `ffmpeg reads the stream "${source.input}" by RTSP, and the RTSP server is off: set rtsp.listen`,
      'exec: rtsp module disabled',
    )
  const name = source.input.replaceAll(/[\s"'#?%]/g, encodeURIComponent)
  const more = paramsOf(source.params, 'query').map(query => `&${query}`)
  const query = `${streamQueries[wanted(source)]}&source=ffmpeg:${escapeQuery(source.text)}${more.join('')}`
  return `rtsp://127.0.0.1:${rtspPort}/${name}?${query}`
}

/** As Go escapes a query's value, because clients and viewers compare it. */
const escapeQuery = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
