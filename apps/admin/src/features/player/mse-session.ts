import { FragmentQueue } from './fragment-queue.ts'
import { keepAtEdge } from './live-edge.ts'
import { codecsInWords, supportedCodecs } from './mse-codecs.ts'
import { type PlaybackProblem, problemOf, refusedByBrowser } from './playback-problem.ts'

/** A camera may need to be dialed, and to try its second source. */
const ANSWER_MS_MAX = 30_000

/** Longer than any keyframe interval that is not a fault. */
const SILENCE_MS_MAX = 20_000

/** The two kinds of media source browsers have; phones by Apple only have the managed one. */
export type MediaSourceClass = typeof MediaSource

/** Who hears what a session comes to know. */
export interface SessionListener {
  /** The server agreed; pictures follow with the next keyframe. */
  answered(mimeType: string): void
  /** The first picture is on screen. */
  playing(): void
  /** The browser wants a tap before it plays. */
  tapNeeded(): void
}

/** Where the pictures come from and go to. */
export interface SessionOptions {
  readonly video: HTMLVideoElement
  readonly url: URL
  readonly mediaSource: MediaSourceClass
  readonly listener: SessionListener
  readonly signal: AbortSignal
}

/** The media source this browser has. */
export function findMediaSource(): MediaSourceClass | undefined {
  const { ManagedMediaSource: managed } = window as { ManagedMediaSource?: MediaSourceClass }
  return managed ?? window.MediaSource
}

/** One connection for one stream's pictures: a WebSocket into a media source. Ends once, and says why. */
export class MseSession {
  readonly #options: SessionOptions
  readonly #ended = Promise.withResolvers<PlaybackProblem | undefined>()
  readonly #end = new AbortController()
  readonly #queue = new FragmentQueue()
  readonly #socket: WebSocket
  #source: SourceBuffer | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #playAsked = false
  #bytes = 0

  constructor(options: SessionOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#close(undefined), { signal: this.#end.signal })
    this.#socket = this.#connect()
    this.#expectWithin(ANSWER_MS_MAX, 'The camera did not answer in time.')
  }

  /** Why it ended; nothing when it was told to or the server closed it. Never rejects. */
  get ended(): Promise<PlaybackProblem | undefined> {
    return this.#ended.promise
  }

  /** Media received. */
  get bytes(): number {
    return this.#bytes
  }

  #connect(): WebSocket {
    const socket = new WebSocket(this.#options.url)
    const { signal } = this.#end
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => this.#ask(), { signal })
    socket.addEventListener('message', event => this.#receive(event.data), { signal })
    socket.addEventListener('close', () => this.#close(undefined), { signal })
    return socket
  }

  #ask(): void {
    const codecs = supportedCodecs(type => this.#options.mediaSource.isTypeSupported(type))
    this.#socket.send(JSON.stringify({ type: 'mse', value: codecs }))
  }

  /** With `binaryType` set there is nothing else that a message can be. */
  #receive(message: string | ArrayBuffer): void {
    if (typeof message !== 'string') {
      this.#receiveFragment(message)
      return
    }
    const told = parseMessage(message)
    if (told?.type === 'mse') this.#open(told.value)
    else if (told?.type === 'error') this.#close(problemOf(told.value))
  }

  #receiveFragment(fragment: ArrayBuffer): void {
    this.#bytes += fragment.byteLength
    this.#expectWithin(SILENCE_MS_MAX, 'No pictures arrive.')
    if (this.#queue.push(fragment)) this.#pump()
    else this.#close({ message: 'This device is too slow for the stream.', passing: true })
  }

  /** Only now does the video let go of what it shows, so that a reconnect does not turn it black. */
  #open(mimeType: string): void {
    const { mediaSource, video, listener } = this.#options
    if (this.#source !== undefined) return
    if (!mediaSource.isTypeSupported(mimeType)) {
      this.#close(refusedByBrowser(codecsInWords(mimeType)))
      return
    }
    this.#expectWithin(SILENCE_MS_MAX, 'No pictures arrive.')
    listener.answered(mimeType)
    const { signal } = this.#end
    const media = new mediaSource()
    media.addEventListener('sourceopen', () => this.#fill(media, mimeType), { signal, once: true })
    video.addEventListener('error', () => this.#close(undecodable(video)), { signal })
    whenFirstFrame(video, signal, () => listener.playing())
    const address = URL.createObjectURL(media)
    video.disableRemotePlayback = true
    video.src = address
    signal.addEventListener('abort', () => URL.revokeObjectURL(address))
  }

  #fill(media: MediaSource, mimeType: string): void {
    try {
      this.#source = media.addSourceBuffer(mimeType)
    } catch {
      this.#close(refusedByBrowser(codecsInWords(mimeType)))
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
      this.#close({ message: 'The browser’s video buffer gave up.', passing: true })
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
    this.#options.video.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#options.listener.tapNeeded()
    })
  }

  #expectWithin(durationMs: number, otherwise: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#close({ message: otherwise, passing: true }), durationMs)
  }

  #close(problem: PlaybackProblem | undefined): void {
    if (this.#end.signal.aborted) return
    this.#end.abort()
    clearTimeout(this.#timer)
    this.#queue.clear()
    this.#socket.close()
    this.#ended.resolve(problem)
  }
}

function parseMessage(message: string): { readonly type: string; readonly value: string } | undefined {
  try {
    const told: unknown = JSON.parse(message)
    if (typeof told !== 'object' || told === null || !('type' in told)) return undefined
    return { type: String(told.type), value: 'value' in told ? String(told.value) : '' }
  } catch {
    return undefined
  }
}

const undecodable = (video: HTMLVideoElement): PlaybackProblem => ({
  message: `The browser could not decode the picture${video.error?.message ? `: ${video.error.message}` : '.'}`,
  passing: true,
})

/** Calls back when a picture is shown, or when sound begins where there is no picture. */
function whenFirstFrame(video: HTMLVideoElement, signal: AbortSignal, then: () => void): void {
  const once = () => {
    if (!signal.aborted && !told) then()
    told = true
  }
  let told = false
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(once)
  video.addEventListener('playing', once, { signal, once: true })
}
