import { playlistAddress } from './addresses.ts'
import type { PlaybackProblem } from './playback-problem.ts'
import {
  ANSWER_MS_MAX,
  Patience,
  SILENCE_MS_MAX,
  type WayListener,
  type WaySession,
  whenFirstFrame,
} from './way-session.ts'

/** The type by which a browser is asked whether it plays HLS. */
export const HLS_TYPE = 'application/vnd.apple.mpegurl'

/** Where the pictures come from and go to. */
export interface HlsOptions {
  readonly video: HTMLVideoElement
  /** Address of the WebSocket, beside which the playlists lie. */
  readonly socket: string
  readonly listener: WayListener
  readonly play: () => void
}

/** HLS in a browser that plays it by itself. */
export class HlsSession implements WaySession {
  /** The browser fetches, and does not tell. */
  readonly bytes = 0
  readonly #options: HlsOptions
  readonly #end = new AbortController()
  readonly #patience = new Patience(problem => this.#fail(problem))

  constructor(options: HlsOptions) {
    this.#options = options
    this.#patience.expect(ANSWER_MS_MAX, 'The camera did not answer in time.')
  }

  /** The server's answer: a main playlist that names one with segments. */
  open(master: string): void {
    const { video, socket, listener, play } = this.#options
    const { signal } = this.#end
    const address = playlistAddress(master, socket)
    if (signal.aborted) return
    if (address === undefined) {
      this.#fail({ message: 'The server named no playlist.', passing: true })
      return
    }
    listener.agreed('')
    this.#patience.expect(SILENCE_MS_MAX, 'No pictures arrive.')
    whenFirstFrame(video, signal, () => {
      this.#patience.end()
      listener.playing()
    })
    video.addEventListener('error', () => this.#fail(broken(video)), { signal })
    video.srcObject = null
    video.src = address
    play()
  }

  close(): void {
    this.#end.abort()
    this.#patience.end()
  }

  #fail(problem: PlaybackProblem): void {
    if (this.#end.signal.aborted) return
    this.close()
    this.#options.listener.failed(problem)
  }
}

const broken = (video: HTMLVideoElement): PlaybackProblem => ({
  message: `The browser could not play the playlist${video.error?.message ? `: ${video.error.message}` : '.'}`,
  passing: true,
})
