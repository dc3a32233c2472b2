import { codecsInWords } from './codecs.ts'
import { FragmentQueue } from './fragment-queue.ts'
import { keepAtEdge } from './live-edge.ts'
import { type PlaybackProblem, refusedByBrowser } from './playback-problem.ts'
import {
  ANSWER_MS_MAX,
  Patience,
  SILENCE_MS_MAX,
  type WayListener,
  type WaySession,
  whenFirstFrame,
} from './way-session.ts'

/** The two kinds of media source browsers have; phones by Apple only have the managed one. */
export type MediaSourceClass = typeof MediaSource

/** The media source this browser has. */
export function findMediaSource(): MediaSourceClass | undefined {
  const { ManagedMediaSource: managed } = window as { ManagedMediaSource?: MediaSourceClass }
  return managed ?? window.MediaSource
}

/** Where the pictures go. */
export interface MseOptions {
  readonly video: HTMLVideoElement
  readonly mediaSource: MediaSourceClass
  readonly listener: WayListener
  /** Begins playing; called once there is something to play. */
  readonly play: () => void
}

/** Fragmented MP4 into a media source, at most 8 MiB waiting, close to the newest picture. */
export class MseSession implements WaySession {
  readonly #options: MseOptions
  readonly #end = new AbortController()
  readonly #queue = new FragmentQueue()
  readonly #patience = new Patience(problem => this.#fail(problem))
  #source: SourceBuffer | undefined
  #opened = false
  #playAsked = false
  #bytes = 0

  constructor(options: MseOptions) {
    this.#options = options
    this.#patience.expect(ANSWER_MS_MAX, 'The camera did not answer in time.')
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The server's answer. Only now does the video let go of what it shows, so that a reconnect does not turn it black. */
  open(mimeType: string): void {
    const { mediaSource, video, listener } = this.#options
    const { signal } = this.#end
    if (this.#opened || signal.aborted) return
    this.#opened = true
    if (!mediaSource.isTypeSupported(mimeType)) {
      this.#fail(refusedByBrowser(codecsInWords(mimeType)))
      return
    }
    this.#patience.expect(SILENCE_MS_MAX, 'No pictures arrive.')
    listener.agreed(codecsInWords(mimeType))
    const media = new mediaSource()
    media.addEventListener('sourceopen', () => this.#fill(media, mimeType), { signal, once: true })
    video.addEventListener('error', () => this.#fail(undecodable(video)), { signal })
    whenFirstFrame(video, signal, () => listener.playing())
    const address = URL.createObjectURL(media)
    video.disableRemotePlayback = true
    video.srcObject = null
    video.src = address
    signal.addEventListener('abort', () => URL.revokeObjectURL(address))
  }

  /** One binary message: the initialization, or fragments. */
  take(fragment: ArrayBuffer): void {
    if (this.#end.signal.aborted) return
    this.#bytes += fragment.byteLength
    this.#patience.expect(SILENCE_MS_MAX, 'No pictures arrive.')
    if (this.#queue.push(fragment)) this.#pump()
    else this.#fail({ message: 'This device is too slow for the stream.', passing: true })
  }

  close(): void {
    this.#end.abort()
    this.#patience.end()
    this.#queue.clear()
  }

  #fail(problem: PlaybackProblem): void {
    if (this.#end.signal.aborted) return
    this.close()
    this.#options.listener.failed(problem)
  }

  #fill(media: MediaSource, mimeType: string): void {
    try {
      this.#source = media.addSourceBuffer(mimeType)
    } catch {
      this.#fail(refusedByBrowser(codecsInWords(mimeType)))
      return
    }
    this.#source.addEventListener('updateend', () => this.#pump(), { signal: this.#end.signal })
    this.#pump()
  }

  #pump(): void {
    const source = this.#source
    if (source === undefined || source.updating || this.#end.signal.aborted) return
    try {
      if (this.#stayLive(source)) return
      const piece = this.#queue.take()
      if (piece !== undefined) source.appendBuffer(piece)
    } catch {
      // The buffer is full or was taken away: a fresh connection is the way out of both.
      this.#fail({ message: 'The browser’s video buffer gave up.', passing: true })
    }
  }

  /** Whether the buffer is busy dropping what is old. */
  #stayLive(source: SourceBuffer): boolean {
    const { video } = this.#options
    const { buffered } = source
    if (buffered.length === 0) return false
    this.#play()
    const correction = keepAtEdge({
      currentTime: video.currentTime,
      bufferedStart: buffered.start(buffered.length - 1),
      bufferedEnd: buffered.end(buffered.length - 1),
      oldest: buffered.start(0),
      rate: video.playbackRate,
      paused: video.paused,
    })
    if (correction.seekTo !== undefined) video.currentTime = correction.seekTo
    if (video.playbackRate !== correction.rate) video.playbackRate = correction.rate
    if (correction.dropBefore === undefined) return false
    source.remove(0, correction.dropBefore)
    return true
  }

  #play(): void {
    if (this.#playAsked) return
    this.#playAsked = true
    this.#options.play()
  }
}

const undecodable = (video: HTMLVideoElement): PlaybackProblem => ({
  message: `The browser could not decode the picture${video.error?.message ? `: ${video.error.message}` : '.'}`,
  passing: true,
})
