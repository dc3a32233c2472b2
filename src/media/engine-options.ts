import type { IceServer } from './protocols/webrtc/ice-servers.ts'
import type { CandidateFilters } from './protocols/webrtc/local-candidates.ts'
import { type Clock, systemClock } from './runtime/clock.ts'
import { type Logger, silentLogger } from './runtime/logger.ts'

/** Where the RTSP server listens. */
export interface RtspServerOptions {
  /** `host:port`, `:port`; empty: no server. Default `:8554`, go2rtc's. */
  readonly listen?: string
  /** Basic credentials, not asked of loopback; an empty name asks nobody. Default: none. */
  readonly username?: string
  readonly password?: string
  /** What a client gets who does not filter. Default `video&audio`, go2rtc's. */
  readonly defaultQuery?: string
  /** Bytes of an H.264 or H.265 packet, RTP header included, unless a player asks with `pkt_size`. Default 0: as the camera made them. */
  readonly packetBytesMax?: number
  /** Whether players may have their packets as datagrams. Default false: go2rtc has none, and players fall back to TCP. */
  readonly udp?: boolean
}

/** Where browsers reach us by WebRTC. */
export interface WebRtcOptions {
  /**
   * `host:port`, `:port`, either with `/udp` or `/tcp` behind it; with `/tcp`, UDP has any free port as well, and
   * an empty text means UDP on any free port.
   */
  readonly listen: string
  /** `host:port` that browsers may find us at as well, and `stun:port`: that port of the address servers see. Default: none. */
  readonly candidates?: readonly string[]
  /** STUN and TURN servers that are asked for each browser that brings none. Default: none. */
  readonly iceServers?: readonly IceServer[]
  /** What of this machine is used and told. Default: all of it, Docker's networks last. */
  readonly filters?: CandidateFilters
}

/** Every option of every part of the engine; defaults are applied here and nowhere else. */
export interface EngineOptions {
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: nobody is told. */
  readonly logger?: Logger
  readonly rtsp?: RtspServerOptions
  /** Default: no WebRTC. */
  readonly webrtc?: WebRtcOptions
  /** Bytes all caches of groups of pictures may hold together. Default 512 MiB: 500 streams of 4 Mbit/s and 2 s. */
  readonly cacheBytesMax?: number
  /** Milliseconds a source stays connected after its last viewer, so that the next one need not wait. Default 0, go2rtc's. */
  readonly lingerMs?: number
  /** From 0 to 1; for jitter. Default `Math.random`. */
  readonly random?: () => number
  /** MP4 file that `demo:` plays. No default: without it `demo:` says so. */
  readonly demoClip?: string
  /** Templates of `ffmpeg:` command lines that differ from go2rtc's, by name; more may be added. Default: none. */
  readonly ffmpegTemplates?: Readonly<Record<string, string>>
  /** What ffmpeg says at least, in go2rtc's words: `error`, `warn`, `info`, … Default `error`. */
  readonly ffmpegLogLevel?: string
  /** Programs that `exec:` may run, as sources write them. Default: all, as go2rtc. */
  readonly execAllowPaths?: readonly string[]
  /** The same for `echo:`. */
  readonly echoAllowPaths?: readonly string[]
  /** Names us to cameras. Default `Sightline`. */
  readonly userAgent?: string
}

/** The options with every default applied: what the parts are given. */
export interface EngineSettings {
  readonly clock: Clock
  readonly logger: Logger
  readonly rtsp: Required<RtspServerOptions>
  readonly webrtc: Required<WebRtcOptions> | undefined
  readonly cacheBytesMax: number
  readonly lingerMs: number
  readonly random: () => number
  readonly demoClip: string | undefined
  readonly ffmpegTemplates: Readonly<Record<string, string>>
  readonly ffmpegLogLevel: string
  readonly execAllowPaths: readonly string[] | undefined
  readonly echoAllowPaths: readonly string[] | undefined
  readonly userAgent: string
}

/** Applies the defaults. */
export const withDefaults = (options: EngineOptions): EngineSettings => ({
  clock: options.clock ?? systemClock,
  logger: options.logger ?? silentLogger,
  rtsp: {
    ...{ listen: ':8554', username: '', password: '', defaultQuery: 'video&audio' },
    ...{ packetBytesMax: 0, udp: false, ...options.rtsp },
  },
  webrtc: options.webrtc && { candidates: [], iceServers: [], filters: {}, ...options.webrtc },
  cacheBytesMax: options.cacheBytesMax ?? 512 * 1024 * 1024,
  lingerMs: options.lingerMs ?? 0,
  random: options.random ?? Math.random,
  demoClip: options.demoClip,
  ffmpegTemplates: options.ffmpegTemplates ?? {},
  ffmpegLogLevel: options.ffmpegLogLevel ?? 'error',
  execAllowPaths: options.execAllowPaths,
  echoAllowPaths: options.echoAllowPaths,
  userAgent: options.userAgent ?? 'Sightline',
})
