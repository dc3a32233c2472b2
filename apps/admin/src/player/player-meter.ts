import {
  type Counters,
  type PlayerStatistics,
  type RtcCounters,
  ratesBetween,
  readRtcReport,
  rtcDelayS,
} from './player-statistics.ts'
import { StillsSession } from './stills-session.ts'
import type { WaySession } from './way-session.ts'
import type { Way } from './ways.ts'
import { WebRtcSession } from './webrtc-session.ts'

/** What is measured. */
export interface Measured {
  readonly way: Way
  readonly session: WaySession
  readonly video: HTMLVideoElement
  readonly codecs: string
  readonly firstFrameMs: number | undefined
}

/** Measures what plays; rates are those since it was last asked. */
export class PlayerMeter {
  #session: WaySession | undefined
  #before: Counters | undefined
  #rtcBefore: RtcCounters | undefined

  /** The statistics of now. Never rejects while the session lives. */
  async measure(measured: Measured): Promise<PlayerStatistics> {
    if (measured.session !== this.#session) {
      this.#session = measured.session
      this.#before = undefined
      this.#rtcBefore = undefined
    }
    const { session } = measured
    if (session instanceof WebRtcSession) return await this.#measureRtc(measured, session)
    if (session instanceof StillsSession) return this.#measureStills(measured, session)
    return this.#measureVideo(measured)
  }

  #rates(bytes: number, frames: number): { framesPerSecond: number; bitsPerSecond: number } {
    const now = { atMs: performance.now(), bytes, frames }
    const rates = ratesBetween(this.#before ?? now, now)
    this.#before = now
    return rates
  }

  #measureVideo({ way, session, video, codecs, firstFrameMs }: Measured): PlayerStatistics {
    const quality = video.getVideoPlaybackQuality()
    const { framesPerSecond, bitsPerSecond } = this.#rates(session.bytes, quality.totalVideoFrames)
    const { buffered } = video
    const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : video.currentTime
    return {
      ...{ way, codecs, firstFrameMs, framesPerSecond },
      ...(session.bytes > 0 && { bitsPerSecond }),
      ...{ width: video.videoWidth, height: video.videoHeight, dropped: quality.droppedVideoFrames },
      behindS: Math.max(0, end - video.currentTime),
    }
  }

  #measureStills({ way, codecs, firstFrameMs }: Measured, session: StillsSession): PlayerStatistics {
    const { frames, dropped, width, height } = session.counts
    return { way, codecs, firstFrameMs, width, height, dropped, ...this.#rates(session.bytes, frames) }
  }

  async #measureRtc(
    { way, video, codecs, firstFrameMs }: Measured,
    { connection }: WebRtcSession,
  ): Promise<PlayerStatistics> {
    const now = readRtcReport([...(await connection.getStats()).values()])
    const behindS = rtcDelayS(this.#rtcBefore ?? now, now)
    this.#rtcBefore = now
    return {
      ...{ way, codecs, firstFrameMs, width: video.videoWidth, height: video.videoHeight },
      ...this.#rates(now.bytes, now.frames),
      ...{ dropped: now.dropped, lost: now.lost },
      ...(behindS !== undefined && { behindS }),
      ...(now.jitterMs !== undefined && { jitterMs: now.jitterMs }),
      ...(now.transport !== undefined && { transport: now.transport }),
    }
  }
}
