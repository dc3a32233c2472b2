import type { PlaybackProblem } from './playback-problem.ts'

/** Who hears what one way of playing comes to know. */
export interface WayListener {
  /** The server agreed; pictures follow. `codecs` in words, as far as they are known. */
  agreed(codecs: string): void
  /** The first picture is there. Called once. */
  playing(): void
  /** It is over: it failed before a picture, or broke after one. Called at most once, and nothing after it. */
  failed(problem: PlaybackProblem): void
}

/** One way under way. */
export interface WaySession {
  /** Media received. */
  readonly bytes: number
  /** Lets go of everything; idempotent. The listener hears nothing more. */
  close(): void
}

/** Milliseconds the server has to answer: a camera may need to be dialed, and to try its second source. */
export const ANSWER_MS_MAX = 30_000

/** Milliseconds without media: longer than any keyframe interval that is not a fault. */
export const SILENCE_MS_MAX = 20_000

/** A deadline that each sign of life puts off. */
export class Patience {
  readonly #missed: (problem: PlaybackProblem) => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(missed: (problem: PlaybackProblem) => void) {
    this.#missed = missed
  }

  /** From now on something has to happen within so many milliseconds; otherwise that is the problem. */
  expect(durationMs: number, otherwise: string): void {
    this.end()
    this.#timer = setTimeout(() => this.#missed({ message: otherwise, passing: true }), durationMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/** Calls back once, when a picture is shown, or when sound begins where there is no picture. */
export function whenFirstFrame(video: HTMLVideoElement, signal: AbortSignal, then: () => void): void {
  let told = false
  const once = (): void => {
    if (!signal.aborted && !told) {
      told = true
      then()
    }
  }
  // Not in every browser yet.
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(once)
  video.addEventListener('playing', once, { signal, once: true })
}
