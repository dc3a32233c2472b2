import type { PlaybackProblem } from './playback-problem.ts'
import { ANSWER_MS_MAX, Patience, SILENCE_MS_MAX, type WayListener, type WaySession } from './way-session.ts'

/** Turns one message into the address of a picture that has been decoded, for the video's poster. */
export type Develop = (message: ArrayBuffer) => Promise<StillPicture>

/** A decoded picture. */
export interface StillPicture {
  readonly url: string
  readonly width: number
  readonly height: number
  /** Lets go of its memory. */
  release(): void
}

/** Where the pictures go. */
export interface StillsOptions {
  readonly video: HTMLVideoElement
  readonly develop: Develop
  readonly codecs: string
  readonly listener: WayListener
}

/**
 * Single pictures as the poster of a video without a film: MJPEG, and keyframes as MP4. One is decoded at a time, and
 * of those that came meanwhile only the newest is kept: a slow browser shows fewer.
 */
export class StillsSession implements WaySession {
  readonly #options: StillsOptions
  readonly #patience = new Patience(problem => this.#fail(problem))
  #closed = false
  #developing = false
  #waiting: ArrayBuffer | undefined
  #shown: StillPicture | undefined
  #bytes = 0
  #frames = 0
  #dropped = 0

  constructor(options: StillsOptions) {
    this.#options = options
    this.#patience.expect(ANSWER_MS_MAX, 'The camera did not answer in time.')
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Pictures shown, pictures passed over, and the size of the last one. */
  get counts(): { readonly frames: number; readonly dropped: number; readonly width: number; readonly height: number } {
    const { width = 0, height = 0 } = this.#shown ?? {}
    return { frames: this.#frames, dropped: this.#dropped, width, height }
  }

  /** The server's answer. */
  open(): void {
    if (this.#closed) return
    const { video, codecs, listener } = this.#options
    video.srcObject = null
    video.removeAttribute('src')
    video.load()
    listener.agreed(codecs)
    this.#patience.expect(SILENCE_MS_MAX, 'No pictures arrive.')
  }

  /** One binary message: one picture. */
  take(message: ArrayBuffer): void {
    if (this.#closed) return
    this.#bytes += message.byteLength
    this.#patience.expect(SILENCE_MS_MAX, 'No pictures arrive.')
    if (this.#waiting !== undefined) this.#dropped++
    this.#waiting = message
    if (!this.#developing) void this.#develop()
  }

  close(): void {
    this.#closed = true
    this.#patience.end()
    this.#waiting = undefined
  }

  async #develop(): Promise<void> {
    this.#developing = true
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      try {
        this.#show(await this.#options.develop(next))
      } catch {
        this.#dropped++
      }
    }
    this.#developing = false
  }

  #next(): ArrayBuffer | undefined {
    const next = this.#waiting
    this.#waiting = undefined
    return next
  }

  #show(picture: StillPicture): void {
    if (this.#closed) {
      picture.release()
      return
    }
    this.#options.video.poster = picture.url
    this.#shown?.release()
    this.#shown = picture
    this.#frames++
    if (this.#frames === 1) this.#options.listener.playing()
  }

  #fail(problem: PlaybackProblem): void {
    if (this.#closed) return
    this.close()
    this.#options.listener.failed(problem)
  }
}
