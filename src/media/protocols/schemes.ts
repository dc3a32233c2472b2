import type { Spawner } from '../processes/spawner.ts'
import type { ExpectedPublications } from '../streams/expected-publications.ts'
import type { Scheme } from '../streams/scheme.ts'
import { demoScheme } from './demo/demo-scheme.ts'
import { echoScheme } from './echo/echo-scheme.ts'
import { execScheme } from './exec/exec-scheme.ts'
import { ffmpegScheme } from './ffmpeg/ffmpeg-scheme.ts'
import type { FfmpegTools } from './ffmpeg/ffmpeg-tools.ts'
import { fileScheme } from './file/file-scheme.ts'
import { httpScheme } from './http/http-scheme.ts'
import { rtspScheme } from './rtsp/rtsp-scheme.ts'
import { tcpScheme } from './tcp/tcp-scheme.ts'
import type { WebRtcPort } from './webrtc/webrtc-port.ts'
import { webRtcScheme } from './webrtc/webrtc-scheme.ts'

/** What schemes need to know of the engine. */
export interface SchemeOptions {
  readonly userAgent: string
  readonly demoClip: string | undefined
  readonly spawner: Spawner
  readonly publications: ExpectedPublications
  /** The port of our RTSP server; `undefined` while there is none. */
  readonly rtspPort: () => number | undefined
  /** The port of WebRTC; `undefined` while there is none. */
  readonly webRtcPort: () => WebRtcPort | undefined
  /** Whether a stream of ours has this name. */
  readonly hasStream: (name: string) => boolean
  readonly ffmpeg: FfmpegTools
  readonly execAllowPaths: readonly string[] | undefined
  readonly echoAllowPaths: readonly string[] | undefined
}

/** Every scheme, one line each. Nothing registers itself by being imported. */
export const schemes = (options: SchemeOptions): readonly Scheme[] => {
  const { userAgent, spawner, publications, rtspPort, hasStream } = options
  const { templates, hardware } = options.ffmpeg
  const exec = execScheme({ spawner, publications, rtspPort, allowPaths: options.execAllowPaths })
  return [
    rtspScheme({ userAgent }),
    ffmpegScheme({ exec, spawner, templates, hardware, hasStream, rtspPort }),
    exec,
    httpScheme({ userAgent }),
    tcpScheme(),
    webRtcScheme({ userAgent, port: options.webRtcPort }),
    fileScheme(),
    echoScheme({ spawner, allowPaths: options.echoAllowPaths }),
    demoScheme({ clip: options.demoClip }),
  ]
}
