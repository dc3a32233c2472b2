import type { Producer } from '../../core/producer.ts'
import type { Spawner } from '../../processes/spawner.ts'
import type { DialContext, DialingScheme } from '../../streams/scheme.ts'
import { SourceNotSupportedError, type SourceUrl } from '../../streams/source-url.ts'
import { AutoAudioProducer } from './auto-audio.ts'
import { attachedDevices } from './device-list.ts'
import { codecArguments, ffmpegCommand } from './ffmpeg-arguments.ts'
import type { AttachedDevices } from './ffmpeg-device.ts'
import { FfmpegSourceError } from './ffmpeg-input.ts'
import { type FfmpegSource, paramOf, parseFfmpegSource } from './ffmpeg-source.ts'
import type { FfmpegTemplates } from './ffmpeg-templates.ts'
import { burstsAtStart, FfmpegVersions } from './ffmpeg-version.ts'
import { encodedName } from './hardware-arguments.ts'
import type { HardwareProbe } from './hardware-probe.ts'
import { unstructuredPart } from './structured-source.ts'

/** What `ffmpeg:` needs. */
export interface FfmpegSchemeOptions {
  /** Runs the command lines that are made here. */
  readonly exec: DialingScheme
  readonly spawner: Spawner
  readonly templates: FfmpegTemplates
  readonly hardware: Pick<HardwareProbe, 'detectAll'>
  /** Whether a stream of ours has this name. */
  readonly hasStream: (name: string) => boolean
  /** The port of our RTSP server; `undefined` while there is none. */
  readonly rtspPort: () => number | undefined
  /** Default: what this machine has. */
  readonly devices?: () => Promise<AttachedDevices>
}

/** `ffmpeg:`: a program's command line in short. Strangers may say of it what `unstructuredPart` lets pass. */
export const ffmpegScheme = (options: FfmpegSchemeOptions): DialingScheme => {
  const line = new FfmpegLine(options)
  return {
    kind: 'dial',
    names: ['ffmpeg'],
    trustedOnly: false,
    check(source, origin, within) {
      const parsed = parse(source)
      if (origin === 'request') refuseUnstructured(source, within, options)
      const problem = parsed.input === '' ? 'ffmpeg: there is nothing to read' : autoProblem(parsed)
      if (problem !== undefined) throw new SourceNotSupportedError('malformed_source', problem)
    },
    dial(source, context) {
      const parsed = parse(source)
      return parsed.audios.includes('auto') ? dialAuto(parsed, source, line, context) : line.dial(parsed, context)
    },
  }
}

const parse = (source: SourceUrl): FfmpegSource => parseFfmpegSource(source.slice(source.indexOf(':') + 1))

/** Whoever may only watch may not say what ffmpeg does beyond the parameters there are. */
const refuseUnstructured = (
  source: SourceUrl,
  within: string | undefined,
  { templates, hasStream }: FfmpegSchemeOptions,
): void => {
  const part = unstructuredPart(source, { templates, hasStream: name => name === within || hasStream(name) })
  if (part !== undefined)
    throw new SourceNotSupportedError('insecure_source', `ffmpeg: ${part} can be set in the configuration file only`)
}

const autoProblem = ({ text, audios, videos }: FfmpegSource): string | undefined =>
  audios.includes('auto') && (audios.length > 1 || videos.length > 0)
    ? `ffmpeg: unsupported params: ${text.slice(text.indexOf('#'))}`
    : undefined

const dialAuto = async (
  source: FfmpegSource,
  written: SourceUrl,
  line: FfmpegLine,
  context: DialContext,
): Promise<Producer> => {
  const problem = autoProblem(source)
  if (problem !== undefined) throw new FfmpegSourceError(problem)
  // It is opened after the dial: whoever closes the producer gives it up.
  const { signal: _, ...rest } = context
  const giveUp = new AbortController()
  const producer = new AutoAudioProducer({
    budget: context.budget,
    source: written,
    open: template => line.dial(withAudio(source, template), { ...rest, signal: giveUp.signal }),
  })
  void producer.closed.then(() => giveUp.abort())
  return producer
}

/** The same source with another codec, in the place where it said `auto`. */
const withAudio = ({ input, params }: FfmpegSource, template: string): FfmpegSource => {
  const written = params.map(([key, value]) => {
    const said = key === 'audio' ? template : value
    return said === '' ? `#${key}` : `#${key}=${said}`
  })
  return parseFfmpegSource(input + written.join(''))
}

/** Makes command lines and has them run. */
class FfmpegLine {
  readonly #options: FfmpegSchemeOptions
  readonly #versions: FfmpegVersions

  constructor(options: FfmpegSchemeOptions) {
    this.#options = options
    this.#versions = new FfmpegVersions(options.spawner)
  }

  async dial(source: FfmpegSource, context: DialContext): Promise<Producer> {
    const { templates, hasStream, rtspPort, exec } = this.#options
    const version = await this.#versions.get(templates.get('bin') ?? '', context)
    const command = ffmpegCommand(source, {
      ...{ templates, hasStream, rtspPort: rtspPort(), platform: process.platform },
      devices: await this.#devices(source),
      burstsAtStart: burstsAtStart(version),
      detected: await this.#detected(source),
    })
    return exec.dial(`exec:${command}` as SourceUrl, context)
  }

  async #devices({ input }: FfmpegSource): Promise<AttachedDevices> {
    if (!input.startsWith('device?')) return { videos: [], audios: [] }
    return (this.#options.devices ?? attachedDevices)()
  }

  async #detected(source: FfmpegSource) {
    const { hardware, templates } = this.#options
    if (paramOf(source.params, 'hardware') !== '') return () => 'software' as const
    const names = codecArguments(source, templates).map(encodedName)
    return hardware.detectAll(names.filter(name => name !== undefined))
  }
}
