import type { Spawner } from '../processes/spawner.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ExpectedPublications } from '../streams/expected-publications.ts'
import type { Scheme } from '../streams/scheme.ts'
import { demoScheme } from './demo/demo-scheme.ts'
import { echoScheme } from './echo/echo-scheme.ts'
import { execScheme } from './exec/exec-scheme.ts'
import { ffmpegScheme } from './ffmpeg/ffmpeg-scheme.ts'
import { ffmpegTemplates } from './ffmpeg/ffmpeg-templates.ts'
import { HardwareProbe } from './ffmpeg/hardware-probe.ts'
import { rtspScheme } from './rtsp/rtsp-scheme.ts'

/** What schemes need to know of the engine. */
export interface SchemeOptions {
  readonly userAgent: string
  readonly clock: Clock
  readonly demoClip: string | undefined
  readonly spawner: Spawner
  readonly publications: ExpectedPublications
  /** The port of our RTSP server; `undefined` while there is none. */
  readonly rtspPort: () => number | undefined
  /** Whether a stream of ours has this name. */
  readonly hasStream: (name: string) => boolean
  readonly ffmpegTemplates: Readonly<Record<string, string>>
  readonly ffmpegLogLevel: string
  readonly execAllowPaths: readonly string[] | undefined
  readonly echoAllowPaths: readonly string[] | undefined
}

/** Every scheme, one line each. Nothing registers itself by being imported. */
export const schemes = (options: SchemeOptions): readonly Scheme[] => {
  const { userAgent, clock, spawner, publications, rtspPort, hasStream } = options
  const templates = ffmpegTemplates(options.ffmpegTemplates, options.ffmpegLogLevel)
  const exec = execScheme({ spawner, publications, rtspPort, allowPaths: options.execAllowPaths })
  const { platform, arch } = process
  const hardware = new HardwareProbe({ spawner, clock, bin: templates.get('bin') ?? 'ffmpeg', platform, arch })
  return [
    rtspScheme({ userAgent }),
    ffmpegScheme({ exec, spawner, templates, hardware, hasStream, rtspPort }),
    exec,
    echoScheme({ spawner, allowPaths: options.echoAllowPaths }),
    demoScheme({ clip: options.demoClip }),
  ]
}
