import type { Clock } from './runtime/clock.ts'
import type { Logger } from './runtime/logger.ts'

/** Where the RTSP server listens. */
export interface RtspServerOptions {
  /** `host:port`, `:port`; empty: no server. Default `:8554`, go2rtc's. */
  readonly listen?: string
  /** Basic credentials, not asked of loopback. Default: none. */
  readonly username?: string
  readonly password?: string
  /** What a client gets who does not filter. Default `video&audio`, go2rtc's. */
  readonly defaultQuery?: string
}

/** Every option of every part of the engine; defaults are applied here and nowhere else. */
export interface EngineOptions {
  readonly clock?: Clock
  readonly logger?: Logger
  readonly rtsp?: RtspServerOptions
  /** Bytes all caches of groups of pictures may hold together. Default 512 MiB: 500 streams of 4 Mbit/s and 2 s. */
  readonly cacheBytesMax?: number
  /** MP4 file that `demo:` plays. No default: without it `demo:` says so. */
  readonly demoClip?: string
  /** Names us to cameras and players. Default `Sightline`. */
  readonly userAgent?: string
}
