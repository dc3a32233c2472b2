import { asPhrase } from '../lib/sentences.ts'
import { socketAddress } from './addresses.ts'
import { CODECS, supportedCodecs } from './codecs.ts'
import { developJpeg, developKeyframe } from './develop.ts'
import { HLS_TYPE, HlsSession } from './hls-session.ts'
import { type Message, parseMessage } from './messages.ts'
import { findMediaSource, MseSession } from './mse-session.ts'
import { type Plan, planOf } from './plan.ts'
import { type PlaybackProblem, refusalOf } from './playback-problem.ts'
import { PlayerElement } from './player-element.ts'
import { judge } from './race.ts'
import { Retry } from './reconnect.ts'
import { StillsSession } from './stills-session.ts'
import { createVideo, emptyVideo } from './video-element.ts'
import { watchVisibility } from './visibility.ts'
import type { WayListener } from './way-session.ts'
import type { Way } from './ways.ts'
import { WebRtcSession } from './webrtc-session.ts'

/** Milliseconds that WebRTC's first picture waits to learn what MSE would carry. */
const VERDICT_MS_MAX = 1_000
/** Milliseconds until a codec that does not fit is tried again: somebody may set the camera. */
const LASTING_RETRY_MS = 30_000

/**
 * A custom element that plays one stream live: WebRTC and one other way race, and the better one stays. The public
 * names are those of go2rtc's `VideoRTC` 1.6.0, so that cards can extend it: their overrides call `super` and find
 * `video`, `ws`, `pc`, `wsState`, `pcState`, `mseCodecs` and `onmessage` as they know them. Its `video` stands in
 * the light DOM. What it adds is in `PlayerElement`.
 */
export class VideoRTC extends PlayerElement {
  /** Milliseconds out of sight until it disconnects. */
  DISCONNECT_TIMEOUT = 5_000
  /** Milliseconds between the beginnings of two connections, at least; more while nothing helps. */
  RECONNECT_TIMEOUT = 15_000
  /** Codec strings that the browser is asked about. */
  CODECS: string[] = [...CODECS]
  /** Ways to try: `webrtc` or `webrtc/tcp`, `mse`, `hls`, `mp4`, `mjpeg`. */
  mode = 'webrtc,mse,hls,mjpeg'
  /** What to play: `video`, `audio`; with `microphone` it can also talk. */
  media = 'video,audio'
  /** Goes on while it cannot be seen. */
  background = false
  /** Rests while less than this share of it is in the viewport; 0 does not look. */
  visibilityThreshold = 0
  /** Rests while its tab is hidden. */
  visibilityCheck = true
  /** Of the peer connection. No STUN server: the server says its own addresses, and nothing leaves for elsewhere. */
  pcConfig: RTCConfiguration = { bundlePolicy: 'max-bundle', iceServers: [] }
  /** `WebSocket.CONNECTING`, `OPEN` or `CLOSED`: of the WebSocket, and of WebRTC. */
  wsState: number = WebSocket.CLOSED
  pcState: number = WebSocket.CLOSED
  ws: WebSocket | null = null
  pc: RTCPeerConnection | null = null
  /** MSE's MIME type as the server answered; empty before. */
  mseCodecs = ''
  /** Who hears the text messages of this connection, by a name of its own; each hears all of them. */
  onmessage: Record<string, (message: Message) => void> = {}
  /** Who gets the binary messages of this connection. */
  ondata: ((data: ArrayBuffer) => void) | null = null

  #url = ''
  #plan: Plan | undefined
  readonly #retry = new Retry(() => this.onconnect())
  #leaveTimer: ReturnType<typeof setTimeout> | undefined
  #verdictTimer: ReturnType<typeof setTimeout> | undefined
  #rtcReady = false
  #watch = new AbortController()

  /** The stream's WebSocket: `api/ws?src=porch`, `/api/ws?src=porch`, `http:` or `ws:`. Connects at once when in a page. */
  get src(): string {
    return this.#url
  }

  set src(value: string) {
    const url = socketAddress(value, document.baseURI)
    if (url !== this.#url && (this.ws ?? this.pc) !== null) this.ondisconnect()
    this.#url = url
    if (!this.isConnected) return
    this.#watchVisibility()
    this.onconnect()
  }

  /** Begins anew now, whatever it waits for. */
  retry(): void {
    this.#retry.plays()
    this.#end()
    this.onconnect()
  }

  connectedCallback(): void {
    clearTimeout(this.#leaveTimer)
    if (this.video === null) this.oninit()
    this.#watchVisibility()
    this.onconnect()
  }

  disconnectedCallback(): void {
    this.#watch.abort()
    this.#leaveSoon()
  }

  /** Makes the video element; called once, when the element first enters a page. */
  oninit(): void {
    this.video = createVideo()
    this.append(this.video)
  }

  /** Opens the WebSocket. Answers whether it did: not without a stream, outside a page, or when there is one. */
  onconnect(): boolean {
    if (!this.isConnected || this.#url === '' || (this.ws ?? this.pc) !== null) return false
    this.#retry.connecting()
    this.wsState = WebSocket.CONNECTING
    this.playback.begin()
    const ws = new WebSocket(this.#url)
    ws.binaryType = 'arraybuffer'
    ws.addEventListener('open', () => ws === this.ws && this.#opened())
    ws.addEventListener('message', ({ data }) => ws === this.ws && this.#receive(data))
    ws.addEventListener('close', () => ws === this.ws && this.onclose())
    this.ws = ws
    return true
  }

  /** Lets go of everything, the last picture too. */
  ondisconnect(): void {
    this.#end()
    this.microphone.close()
    this.playback.become({ state: 'idle' })
    if (this.video !== null) emptyVideo(this.video)
  }

  /** The WebSocket is open: begins the ways of this connection, and answers which. */
  onopen(): string[] {
    this.mseCodecs = ''
    this.ondata = null
    this.onmessage = { error: message => message.type === 'error' && this.#refused(message.value) }
    const plan = planOf(this.mode, {
      webrtc: 'RTCPeerConnection' in window,
      mediaSource: findMediaSource() !== undefined,
      nativeHls: Boolean(this.video?.canPlayType(HLS_TYPE)),
    })
    this.#plan = plan
    for (const way of plan.begin) this[`on${way}`]()
    for (const { way, reason } of plan.passedOver) this.playback.attempts.set(way, 'passed over', reason)
    if (plan.begin.length === 0) this.#giveUp()
    return [...plan.begin]
  }

  /** The WebSocket was closed from outside. Answers whether it will connect again. */
  // @ts-expect-error every HTML element has a handler of this name, for dialogs; here it is go2rtc's method
  override onclose(): boolean {
    if (this.ws === null) return false
    return this.#reconnect(undefined)
  }

  /** Begins MSE. */
  onmse(): void {
    const [{ video }, mediaSource] = [this, findMediaSource()]
    if (video === null || mediaSource === undefined) return
    const session = new MseSession({ video, mediaSource, listener: this.#listener('mse'), play: () => this.play() })
    this.playback.start('mse', session)
    this.onmessage['mse'] = ({ type, value }) => {
      if (type !== 'mse') return
      this.mseCodecs = value
      session.open(value)
      this.#judgeWhenReady()
    }
    this.ondata = data => session.take(data)
    this.send({ type: 'mse', value: this.codecs(type => mediaSource.isTypeSupported(type)) })
  }

  /** Begins WebRTC. */
  onwebrtc(): void {
    const session = new WebRtcSession({
      configuration: this.pcConfig,
      send: (type, value) => this.send({ type, value }),
      receive: (['video', 'audio'] as const).filter(kind => this.media.includes(kind)),
      give: this.media.includes('microphone') ? ['voice'] : [],
      tcpOnly: this.#plan?.tcpOnly ?? false,
      listener: this.#listener('webrtc'),
    })
    this.#rtcReady = false
    this.playback.start('webrtc', session)
    this.pc = session.connection
    this.pcState = WebSocket.CONNECTING
    this.onmessage['webrtc'] = ({ type, value }) => {
      if (type === 'webrtc/answer') void session.answer(value)
      if (type === 'webrtc/candidate') session.candidate(value)
    }
  }

  /** Begins HLS. */
  onhls(): void {
    const { video } = this
    if (video === null) return
    const play = (): void => this.play()
    const session = new HlsSession({ video, socket: this.#url, listener: this.#listener('hls'), play })
    this.playback.start('hls', session)
    this.onmessage['hls'] = ({ type, value }) => type === 'hls' && session.open(value)
    this.send({ type: 'hls', value: this.codecs(type => video.canPlayType(type)) })
  }

  /** Begins keyframes as MP4. */
  onmp4(): void {
    const { video } = this
    if (video !== null)
      this.#beginStills(
        'mp4',
        'mse',
        this.codecs(type => video.canPlayType(type)),
      )
  }

  /** Begins MJPEG. */
  onmjpeg(): void {
    this.#beginStills('mjpeg', 'mjpeg', '')
  }

  /** WebRTC's first picture is in `stage`: decides between it and what else was begun. */
  onpcvideo(stage: HTMLVideoElement): void {
    const session = this.playback.session('webrtc')
    if (!(session instanceof WebRtcSession) || this.video === null) return
    const mse = this.playback.session('mse') === undefined ? '' : this.mseCodecs
    const { winner, reason } = judge(session.agreed, mse)
    if (winner === 'mse') {
      this.#closeRtc()
      this.playback.putAside('webrtc', reason)
      this.#settle()
      return
    }
    this.playback.won('webrtc', reason)
    this.video.srcObject = stage.srcObject
    this.play()
    this.pcState = WebSocket.OPEN
    this.#closeSocket()
    this.#retry.plays()
    this.playback.shows('webrtc')
    if (this.media.includes('microphone')) this.microphone.connect(session.voice)
  }

  /** Sends a message, if the WebSocket is open. */
  send(message: object): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(message))
  }

  /** Which of `CODECS` a browser plays, of the kinds in `media`, joined by commas. */
  codecs(isSupported: (type: string) => unknown): string {
    return supportedCodecs(isSupported, this.media, this.CODECS)
  }

  #beginStills(way: 'mp4' | 'mjpeg', answer: string, codecs: string): void {
    if (this.video === null) return
    const develop = way === 'mp4' ? developKeyframe : developJpeg
    const words = way === 'mp4' ? 'keyframes' : 'JPEG'
    const session = new StillsSession({ video: this.video, develop, codecs: words, listener: this.#listener(way) })
    this.playback.start(way, session)
    // go2rtc: `mp4` is answered as `mse`.
    this.onmessage[way] = ({ type }) => type === answer && session.open()
    this.ondata = data => session.take(data)
    this.send(codecs === '' ? { type: way } : { type: way, value: codecs })
  }

  #opened(): void {
    this.wsState = WebSocket.OPEN
    this.onopen()
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') this.ondata?.(data)
    const message = typeof data === 'string' ? parseMessage(data) : undefined
    if (message !== undefined) for (const hear of Object.values(this.onmessage)) hear(message)
  }

  #refused(answer: string): void {
    const { way, problem, reason } = refusalOf(answer)
    if (way !== undefined && this.playback.session(way) !== undefined) this.#failed(way, problem, reason)
  }

  #listener(way: Way): WayListener {
    return {
      agreed: codecs => this.playback.agreed(way, codecs),
      playing: () => (way === 'webrtc' ? this.#rtcArrived() : this.#plays(way)),
      failed: problem => this.#failed(way, problem, asPhrase(problem.message)),
    }
  }

  #plays(way: Way): void {
    this.#retry.plays()
    this.playback.shows(way)
    this.#settle()
  }

  /** Its verdict needs to know what MSE carries, if MSE is about to say so. */
  #rtcArrived(): void {
    this.#rtcReady = true
    this.#verdictTimer = setTimeout(() => this.#judge(), VERDICT_MS_MAX)
    this.#judgeWhenReady()
  }

  #judgeWhenReady(): void {
    if (this.playback.session('mse') === undefined || this.mseCodecs !== '') this.#judge()
  }

  #judge(): void {
    clearTimeout(this.#verdictTimer)
    const session = this.playback.session('webrtc')
    if (!this.#rtcReady || !(session instanceof WebRtcSession)) return
    this.#rtcReady = false
    this.onpcvideo(session.stage)
  }

  /** A way that plays while no other is under way has won. */
  #settle(): void {
    const { showing, attempts } = this.playback
    if (showing === undefined || attempts.open.some(way => way !== showing.way)) return
    this.playback.won(showing.way, '')
    if (this.media.includes('microphone') && showing.way !== 'webrtc')
      this.microphone.refuse('Talking needs WebRTC, which did not work here.')
  }

  #failed(way: Way, problem: PlaybackProblem, reason: string): void {
    const { attempts, status } = this.playback
    if (attempts.winner === way) return void this.#reconnect(problem)
    this.playback.failed(way, problem, reason)
    if (way === 'webrtc') this.#closeRtc()
    else this.#fallBack(way)
    if (attempts.open.length === 0) return void this.#giveUp()
    if (status.state === 'playing' && status.way === way) this.playback.become({ state: 'waiting' })
    if (way === 'mse') this.#judgeWhenReady()
    this.#settle()
  }

  #fallBack(failed: Way): void {
    const fallback = this.#plan?.fallback
    if (fallback === undefined || fallback === failed || this.attempts.some(({ way }) => way === fallback)) return
    this[`on${fallback}`]()
  }

  /** Nothing of this connection came to pictures. */
  #giveUp(): void {
    const { problem } = this.playback
    if (problem.passing) return void this.#reconnect(problem)
    this.#end()
    this.playback.become({ state: 'failed', problem })
    this.#retry.in(Math.max(LASTING_RETRY_MS, this.RECONNECT_TIMEOUT))
  }

  #reconnect(problem: PlaybackProblem | undefined): boolean {
    const outcome = this.playback.firstFrameMs === undefined ? 'fruitless' : 'played'
    this.#end()
    this.playback.become({ state: 'reconnecting', problem })
    this.#retry.schedule(this.RECONNECT_TIMEOUT, outcome)
    return true
  }

  /** Lets go of the connection; the last picture stays until the next one comes. */
  #end(): void {
    clearTimeout(this.#verdictTimer)
    this.#retry.stop()
    this.#closeSocket()
    this.#closeRtc()
    this.playback.end()
    this.microphone.disconnect()
  }

  #closeSocket(): void {
    const { ws } = this
    this.ws = null
    this.wsState = WebSocket.CLOSED
    ws?.close()
  }

  #closeRtc(): void {
    this.#rtcReady = false
    this.pc?.close()
    this.pc = null
    this.pcState = WebSocket.CLOSED
  }

  #watchVisibility(): void {
    this.#watch.abort()
    this.#watch = new AbortController()
    const { signal } = this.#watch
    const rules = { page: this.visibilityCheck, threshold: this.visibilityThreshold }
    watchVisibility(this, rules, signal, visible => {
      clearTimeout(this.#leaveTimer)
      if (visible) this.onconnect()
      else this.#leaveSoon()
    })
    window.addEventListener('online', () => this.onconnect(), { signal })
  }

  #leaveSoon(): void {
    clearTimeout(this.#leaveTimer)
    if (this.background) return
    this.#leaveTimer = setTimeout(() => this.ondisconnect(), this.DISCONNECT_TIMEOUT)
  }
}
