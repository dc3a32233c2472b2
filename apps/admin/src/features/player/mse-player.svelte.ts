import { createSubscriber } from 'svelte/reactivity'
import { socketUrl } from '../../api/endpoint.ts'
import { sleep } from '../../lib/abortable.ts'
import { backoffMs } from '../../lib/backoff.ts'
import { codecsInWords } from './mse-codecs.ts'
import { findMediaSource, MseSession } from './mse-session.ts'
import { noMediaSource, type PlaybackProblem } from './playback-problem.ts'
import { type Counters, type PlayerStatistics, ratesBetween } from './player-statistics.ts'

/** How often the statistics are drawn again. */
const STATISTICS_PERIOD_MS = 1000

/** A codec that does not fit may fit after somebody set the camera: look again, seldom. */
const LASTING_PROBLEM_RETRY_MS = 30_000

/** What the player is doing. */
export type PlayerStatus =
  | { readonly state: 'connecting' }
  /** The server agreed on codecs; the first keyframe is not there yet. */
  | { readonly state: 'waiting' }
  | { readonly state: 'playing' }
  | { readonly state: 'reconnecting'; readonly problem: PlaybackProblem | undefined }
  | { readonly state: 'failed'; readonly problem: PlaybackProblem }

/** Plays one stream live in a video element, and comes back when the connection breaks. */
export class MsePlayer {
  #status = $state.raw<PlayerStatus>({ state: 'connecting' })
  #tapNeeded = $state(false)
  #session: MseSession | undefined
  #video: HTMLVideoElement | undefined
  #codecs = ''
  #startedMs = 0
  #firstFrameMs: number | undefined
  #before: Counters | undefined
  #wake = new AbortController()
  readonly #name: string
  readonly #tick = createSubscriber(update => {
    const timer = setInterval(update, STATISTICS_PERIOD_MS)
    return () => clearInterval(timer)
  })

  constructor(name: string) {
    this.#name = name
  }

  get status(): PlayerStatus {
    return this.#status
  }

  /** Whether the browser waits for a tap before it plays. */
  get tapNeeded(): boolean {
    return this.#tapNeeded
  }

  /** Measured now; whoever reads it while drawing is drawn again each second. */
  get statistics(): PlayerStatistics | undefined {
    this.#tick()
    const video = this.#video
    if (video === undefined || this.#status.state !== 'playing') return undefined
    return this.#measure(video)
  }

  /** Begins playing; an attachment for the video element. */
  readonly attach = (video: HTMLVideoElement): (() => void) => {
    const end = new AbortController()
    this.#video = video
    void this.#run(video, end.signal)
    return () => {
      end.abort()
      video.removeAttribute('src')
      video.load()
    }
  }

  /** Tries again now. */
  retry(): void {
    this.#wake.abort()
  }

  /** Plays after a tap. */
  async tapped(): Promise<void> {
    this.#tapNeeded = false
    await this.#video?.play().catch(() => {
      this.#tapNeeded = true
    })
  }

  async #run(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
    const mediaSource = findMediaSource()
    if (mediaSource === undefined) {
      this.#status = { state: 'failed', problem: noMediaSource }
      return
    }
    for (let attempt = 0; !signal.aborted; attempt++) {
      this.#startedMs = performance.now()
      this.#session = new MseSession({
        video,
        url: socketUrl(`api/ws?src=${encodeURIComponent(this.#name)}`),
        mediaSource,
        signal,
        listener: {
          answered: mimeType => this.#answered(mimeType),
          playing: () => {
            attempt = 0
            this.#played()
          },
          tapNeeded: () => {
            this.#tapNeeded = true
          },
        },
      })
      const problem = await this.#session.ended
      if (signal.aborted) return
      await this.#pause(problem, attempt, signal)
    }
  }

  #answered(mimeType: string): void {
    this.#codecs = codecsInWords(mimeType)
    this.#before = undefined
    this.#status = { state: 'waiting' }
  }

  #played(): void {
    this.#firstFrameMs = performance.now() - this.#startedMs
    this.#tapNeeded = false
    this.#status = { state: 'playing' }
  }

  async #pause(problem: PlaybackProblem | undefined, attempt: number, signal: AbortSignal): Promise<void> {
    const lasting = problem !== undefined && !problem.passing
    this.#status = lasting ? { state: 'failed', problem } : { state: 'reconnecting', problem }
    this.#wake = new AbortController()
    const wake = () => this.#wake.abort()
    window.addEventListener('online', wake)
    await sleep(lasting ? LASTING_PROBLEM_RETRY_MS : backoffMs(attempt), AbortSignal.any([signal, this.#wake.signal]))
    window.removeEventListener('online', wake)
    if (this.#wake.signal.aborted) this.#status = { state: 'connecting' }
  }

  #measure(video: HTMLVideoElement): PlayerStatistics {
    const quality = video.getVideoPlaybackQuality()
    const now: Counters = {
      atMs: performance.now(),
      bytes: this.#session?.bytes ?? 0,
      frames: quality.totalVideoFrames,
      dropped: quality.droppedVideoFrames,
    }
    const rates = ratesBetween(this.#before ?? now, now)
    this.#before = now
    const { buffered } = video
    const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : video.currentTime
    return {
      codecs: this.#codecs,
      width: video.videoWidth,
      height: video.videoHeight,
      ...rates,
      behindS: Math.max(0, end - video.currentTime),
      dropped: now.dropped,
      firstFrameMs: this.#firstFrameMs,
    }
  }
}
