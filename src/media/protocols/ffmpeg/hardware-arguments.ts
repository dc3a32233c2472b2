import type { FfmpegTemplates } from './ffmpeg-templates.ts'

/** What can encode pictures, beside the processor. */
export const hardwareEngines = ['vaapi', 'v4l2m2m', 'cuda', 'dxva2', 'videotoolbox', 'rkmpp'] as const

/** One of them, or the processor. */
export type Engine = (typeof hardwareEngines)[number] | 'software'

/** Codecs that some hardware encodes, by the name of the software encoder that it replaces. */
export const encoders = { libx264: 'h264', libx265: 'h265', mjpeg: 'mjpeg' } as const

/** `h264`, `h265`, `mjpeg`. */
export type EncodedName = (typeof encoders)[keyof typeof encoders]

/** The pieces of a command line that hardware changes. */
export interface VideoArguments {
  readonly input: string
  readonly codecs: readonly string[]
  readonly filters: readonly string[]
}

/** What a codec's arguments encode in software; `undefined` when hardware has nothing to do with them. */
export const encodedName = (codec: string): EncodedName | undefined => {
  const [option, encoder = ''] = codec.split(' ')
  if (option !== '-c:v' || !Object.hasOwn(encoders, encoder)) return undefined
  return encoders[encoder as keyof typeof encoders]
}

/** The command line with its software encoders replaced, each by the engine that is asked for it. */
export const withHardware = (
  plain: VideoArguments,
  engineOf: (name: EncodedName) => Engine,
  templates: FfmpegTemplates,
): VideoArguments => {
  const done = new Set<Engine>()
  let { input, filters } = plain
  const codecs = plain.codecs.map(codec => {
    const name = encodedName(codec)
    const engine = name === undefined ? 'software' : engineOf(name)
    if (name === undefined || engine === 'software') return codec
    // go2rtc: an engine that has no template for a codec leaves nothing of its arguments.
    const replaced = templates.get(`${name}/${engine}`) ?? ''
    // Several codecs on one engine share the input and the filters.
    if (!done.has(engine)) ({ input, filters } = engines[engine](input, filters, name))
    done.add(engine)
    return replaced
  })
  return { input, codecs, filters }
}

interface Moved {
  readonly input: string
  readonly filters: readonly string[]
}

type Move = (input: string, filters: readonly string[], name: EncodedName) => Moved

const begins = (filters: readonly string[], name: string): boolean => filters.some(filter => filter.startsWith(name))

/** `scale=1:2` as another filter of the same parameters, with more of them. */
const rescaled = (filters: readonly string[], to: string, more = ''): readonly string[] =>
  filters.map(filter => (filter.startsWith('scale=') ? `${to}=${filter.slice('scale='.length)}${more}` : filter))

/** `transpose=1,transpose=1`, a half turn, is the one transposition 4 where hardware does it. */
const rotated = (filters: readonly string[], to: string): readonly string[] =>
  filters.map(filter => {
    if (filter.startsWith('transpose=1,transpose=1')) return `${to}4`
    return filter.startsWith('transpose=') ? `${to}${filter.slice('transpose='.length)}` : filter
  })

/** Pictures that are decoded by hardware, changed by the processor and encoded by hardware again. */
const throughSoftware = (prefix: string, input: string, filters: readonly string[]): Moved => ({
  input: `${prefix} ${input}`,
  filters: [...filters, 'hwupload'],
})

const vaapi: Move = (input, filters, name) => {
  const prefix = (format: string) =>
    `-hwaccel vaapi -hwaccel_output_format ${format} -hwaccel_flags allow_profile_mismatch`
  if (begins(filters, 'drawtext=')) return throughSoftware(prefix('nv12'), input, filters)
  // Without it, pictures of a camera that uses other colours are not encoded.
  const colours = 'out_color_matrix=bt709:out_range=tv:format=nv12'
  const scaled = rescaled(filters, 'scale_vaapi', name === 'h264' ? `:${colours}` : '')
  const added = name === 'h264' && !begins(filters, 'scale=') ? [`scale_vaapi=${colours}`] : []
  return {
    input: `${prefix('vaapi')} ${input}`,
    // The first one lets pictures in that hardware could not decode.
    filters: ['format=vaapi|nv12,hwupload', ...rotated(scaled, 'transpose_vaapi='), ...added],
  }
}

const cuda: Move = (input, filters) => {
  if (begins(filters, 'drawtext=') || begins(filters, 'transpose='))
    return throughSoftware('-hwaccel cuda -hwaccel_output_format nv12', input, filters)
  return {
    input: `-hwaccel cuda -hwaccel_output_format cuda ${input}`,
    filters: rescaled(filters, 'scale_cuda'),
  }
}

const dxva2: Move = (input, filters) => ({
  input: `-hwaccel dxva2 -hwaccel_output_format dxva2_vld ${input}`,
  filters: ['hwmap=derive_device=qsv,format=qsv', ...rescaled(filters, 'scale_qsv')],
})

const videotoolbox: Move = (input, filters) => ({
  input: `-hwaccel videotoolbox -hwaccel_output_format videotoolbox_vld ${input}`,
  filters,
})

const rkmpp: Move = (input, filters) => {
  const prefix = (format: string) => `-hwaccel rkmpp -hwaccel_output_format ${format} -afbc rga`
  if (begins(filters, 'drawtext=')) return throughSoftware(prefix('nv12'), input, filters)
  const scaled = rescaled(filters, 'scale_rkrga', ':force_original_aspect_ratio=0')
  const moved = rotated(scaled, 'vpp_rkrga=transpose=')
  return {
    input: `${prefix('drm_prime')} ${input}`,
    filters: moved.length === 0 ? [] : ['format=drm_prime|nv12,hwupload', ...moved],
  }
}

const engines: Readonly<Record<Exclude<Engine, 'software'>, Move>> = {
  vaapi,
  v4l2m2m: (input, filters) => ({ input, filters }),
  cuda,
  dxva2,
  videotoolbox,
  rkmpp,
}
