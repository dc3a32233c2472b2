import { type FfmpegSource, parseFfmpegSource } from './ffmpeg-source.ts'
import type { FfmpegTemplates } from './ffmpeg-templates.ts'
import { hardwareEngines } from './hardware-arguments.ts'

/** Addresses on the network: what ffmpeg would read from a file, a device or another protocol stays with those who may say so. */
const SCHEMES = /^(https?|rtmps?|rtsps?|srt):\/\/[^/]/

/** Test pictures that read no file and take no expression. */
const PICTURES = new Set(['', 'testsrc', 'testsrc2', 'smptebars', 'smptehdbars', 'pal75bars', 'rgbtestsrc', 'color'])

/** White space of any kind, what is not seen, and what begins or ends a word or a template. */
const UNSAFE = /[\s\p{C}"'`\\{}]/u

/** Options of `drawtext` that read no file. */
const DRAWN = /^(text|x|y|fontsize|fontcolor|box|boxcolor|boxborderw|borderw|bordercolor|shadow[xy]|shadowcolor|alpha)$/

/** What a source is looked at with. */
export interface StructuredSourceOptions {
  readonly templates: FfmpegTemplates
  readonly hasStream: (name: string) => boolean
}

type Check = (value: string, options: StructuredSourceOptions) => boolean

const matches =
  (pattern: RegExp): Check =>
  value =>
    pattern.test(value)

/** A name of the templates, never arguments as they are. */
const codec =
  (option: string): Check =>
  (value, { templates }) =>
    value === 'copy' || templates.get(value)?.startsWith(option) === true

/** What each parameter may be when a stranger says it; the ones that are not here do nothing. */
const checks: Readonly<Record<string, Check>> = {
  video: codec('-c:v '),
  audio: (value, options) => value === 'auto' || codec('-c:a ')(value, options),
  raw: () => false,
  input: (value, { templates }) => templates.get(value)?.includes('{input}') === true,
  timeout: matches(/^\d{1,6}$/),
  width: matches(/^-?\d{1,5}$/),
  height: matches(/^-?\d{1,5}$/),
  rotate: matches(/^-?\d{1,3}$/),
  bitrate: matches(/^\d{1,9}(\.\d{1,3})?[kKmM]?$/),
  hardware: value => value === '' || value === 'software' || hardwareEngines.some(engine => engine === value),
  query: matches(/^[\w.,=&%+-]{0,200}$/),
  drawtext: value =>
    value.split(':').every(part => {
      const [, name = '', text = ''] = /^(\w+)=(.*)$/.exec(part) ?? []
      return DRAWN.test(name) && /^[\w.@+*()/-]*$/.test(text)
    }),
}

/**
 * What in an `ffmpeg:` source only somebody may say who may also run programs: arguments as they are,
 * files, devices, filters that read files. `undefined` when there is nothing of that kind. Takes the
 * source as written, with `ffmpeg:`.
 */
export const unstructuredPart = (source: string, options: StructuredSourceOptions): string | undefined => {
  const parsed = parseFfmpegSource(source.slice(source.indexOf(':') + 1))
  const { input, params } = parsed
  if (UNSAFE.test(input.startsWith('tts?') ? '' : input)) return 'spaces or quotes in the address'
  const problem = problemOfInput(parsed, options)
  if (problem !== undefined) return problem
  for (const [name, value] of params) {
    if (UNSAFE.test(value) || UNSAFE.test(name)) return `spaces or quotes in #${name}`
    if (Object.hasOwn(checks, name) && checks[name]?.(value, options) !== true) return `#${name}=${value}`
  }
  return undefined
}

const problemOfInput = ({ input }: FfmpegSource, { hasStream }: StructuredSourceOptions): string | undefined => {
  if (input.includes('://'))
    return SCHEMES.test(input) ? undefined : 'an address of another kind than http, rtmp, rtsp or srt'
  if (hasStream(input)) return undefined
  const [kind, query = ''] = splitAt(input, input.indexOf('?'))
  if (kind === 'device') return 'a device of this machine'
  if (kind === 'virtual') return isHarmless(new URLSearchParams(query)) ? undefined : 'a test picture of its own making'
  if (kind === 'tts') return isSpeech(new URLSearchParams(query)) ? undefined : 'speech with a voice of its own making'
  return 'a file of this machine, or a stream that does not exist'
}

const splitAt = (text: string, at: number): readonly [string, string?] =>
  at < 0 ? [''] : [text.slice(0, at), text.slice(at + 1)]

const isHarmless = (params: URLSearchParams): boolean =>
  [...params].every(([key, value]) => (key === 'video' ? PICTURES.has(value) : /^[\w.#@/]*$/.test(value)))

/** The text is made safe when it becomes an argument, but for what a template would be filled at. */
const isSpeech = (params: URLSearchParams): boolean =>
  /^\w*$/.test(params.get('voice') ?? '') && !/[{}]/.test(params.get('text') ?? '')
