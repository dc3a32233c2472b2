import { sleep } from '../lib/abortable.ts'
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

/** Segments a playlist has before the browser sees it: with fewer, Chromium takes the stream for a broken one. */
const SEGMENT_COUNT_MIN = 3
/** Milliseconds between two looks at it; a session of the server lives for seconds without one. */
const LOOK_MS = 500

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
    const { socket, listener } = this.#options
    const address = playlistAddress(master, socket)
    if (this.#end.signal.aborted) return
    if (address === undefined) {
      this.#fail({ message: 'The server named no playlist.', passing: true })
      return
    }
    listener.agreed('')
    this.#patience.expect(SILENCE_MS_MAX, 'No pictures arrive.')
    void this.#playWhenReady(address)
  }

  async #playWhenReady(address: string): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted && (await segmentCount(address, signal)) < SEGMENT_COUNT_MIN) await sleep(LOOK_MS, signal)
    if (!signal.aborted) this.#play(address)
  }

  #play(address: string): void {
    const { video, listener, play } = this.#options
    const { signal } = this.#end
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

/** Segments that a playlist lists; as many as needed where a page may not read it and only the video can. */
async function segmentCount(address: string, signal: AbortSignal): Promise<number> {
  try {
    const response = await fetch(address, { signal })
    return (await response.text()).split('#EXTINF').length - 1
  } catch {
    return SEGMENT_COUNT_MIN
  }
}

const broken = (video: HTMLVideoElement): PlaybackProblem => ({
  message: `The browser could not play the playlist${video.error?.message ? `: ${video.error.message}` : '.'}`,
  passing: true,
})
