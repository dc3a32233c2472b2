import { spokenCodec } from '../lib/codec-names.ts'
import type { PlaybackProblem } from './playback-problem.ts'
import type { RtcOffer } from './race.ts'
import { agreedIn, isUdpCandidate, withoutUdp } from './session-description.ts'
import { ANSWER_MS_MAX, Patience, SILENCE_MS_MAX, type WayListener, type WaySession } from './way-session.ts'

/** Milliseconds from the answer to the first picture: finding a way through the network, a handshake, a keyframe. */
const CONNECT_MS_MAX = 20_000
/** Milliseconds between two looks at whether media still arrives. */
const LOOK_MS = 5_000

/** What to ask for, and how. */
export interface WebRtcOptions {
  readonly configuration: RTCConfiguration
  /** Sends a message on the WebSocket. */
  readonly send: (type: 'webrtc/offer' | 'webrtc/candidate', value: string) => void
  /** What is wanted of the camera, in the order of the offer. */
  readonly receive: readonly ('video' | 'audio')[]
  /** What goes to the server, offered first. `voice` is an empty place for a microphone. */
  readonly give?: readonly (MediaStreamTrack | 'voice')[]
  /** Without UDP, in both directions. */
  readonly tcpOnly?: boolean
  readonly listener: WayListener
}

/** A peer connection to the server, offered by the WebSocket. Its pictures are in `stage` until somebody wants them. */
export class WebRtcSession implements WaySession {
  readonly connection: RTCPeerConnection
  /** Never on screen: shows by its events that there is something to show. */
  readonly stage = document.createElement('video')
  readonly #options: WebRtcOptions
  readonly #end = new AbortController()
  readonly #patience = new Patience(problem => this.#fail(problem))
  #agreed: RtcOffer = { video: undefined, audio: undefined, voice: false }
  #bytes = 0

  /** Throws where the browser refuses the configuration. */
  constructor(options: WebRtcOptions) {
    this.#options = options
    this.connection = new RTCPeerConnection(options.configuration)
    this.#listen()
    for (const track of options.give ?? [])
      this.connection.addTransceiver(track === 'voice' ? 'audio' : track, { direction: 'sendonly' })
    for (const kind of options.receive) this.connection.addTransceiver(kind, { direction: 'recvonly' })
    this.#patience.expect(ANSWER_MS_MAX, 'The camera did not answer in time.')
    void this.#offer()
  }

  get bytes(): number {
    return this.#bytes
  }

  /** What the server agreed to; all of it missing before its answer. */
  get agreed(): RtcOffer {
    return this.#agreed
  }

  /** Where a microphone's track goes; nothing when the camera takes no voice. */
  get voice(): RTCRtpSender | undefined {
    if (!this.#agreed.voice || this.#options.give?.[0] !== 'voice') return undefined
    return this.connection.getTransceivers()[0]?.sender
  }

  /** The server's answer. */
  async answer(sdp: string): Promise<void> {
    const { listener, tcpOnly = false } = this.#options
    try {
      await this.connection.setRemoteDescription({ type: 'answer', sdp: tcpOnly ? withoutUdp(sdp) : sdp })
    } catch (error) {
      return this.#fail({ message: `The browser refused the server’s answer: ${wordsOf(error)}.`, passing: false })
    }
    if (this.#end.signal.aborted) return
    this.#agreed = agreedIn(sdp)
    this.#patience.expect(CONNECT_MS_MAX, noWayThrough(tcpOnly))
    listener.agreed(
      [this.#agreed.video, this.#agreed.audio].flatMap(name => (name ? spokenCodec(name) : [])).join(' + '),
    )
  }

  /** One of the server's addresses; empty when there are no more. */
  candidate(line: string): void {
    if (line === '' || (this.#options.tcpOnly && isUdpCandidate(line))) return
    // One that the browser does not understand takes nothing from the others.
    this.connection.addIceCandidate({ candidate: line, sdpMid: '0' }).catch(() => {})
  }

  close(): void {
    this.#end.abort()
    this.#patience.end()
    this.connection.close()
    this.stage.srcObject = null
  }

  #listen(): void {
    const { connection, stage } = this
    const { signal } = this.#end
    const media = new MediaStream()
    Object.assign(stage, { autoplay: true, muted: true, playsInline: true, srcObject: media })
    stage.addEventListener('loadeddata', () => this.#arrived(), { signal, once: true })
    connection.addEventListener('track', ({ track }) => media.addTrack(track), { signal })
    connection.addEventListener('icecandidate', ({ candidate }) => this.#tellCandidate(candidate), { signal })
    connection.addEventListener('connectionstatechange', () => this.#changed(), { signal })
  }

  async #offer(): Promise<void> {
    try {
      await this.connection.setLocalDescription(await this.connection.createOffer())
    } catch (error) {
      return this.#fail({ message: `The browser made no offer: ${wordsOf(error)}.`, passing: false })
    }
    const sdp = this.connection.localDescription?.sdp
    if (!this.#end.signal.aborted && sdp !== undefined) this.#options.send('webrtc/offer', sdp)
  }

  #tellCandidate(candidate: RTCIceCandidate | null): void {
    const line = candidate?.candidate ?? ''
    if (this.#options.tcpOnly && isUdpCandidate(line)) return
    this.#options.send('webrtc/candidate', line)
  }

  #changed(): void {
    const { connectionState: state } = this.connection
    if (state === 'failed') this.#fail({ message: noWayThrough(this.#options.tcpOnly ?? false), passing: true })
    if (state === 'disconnected') this.#fail({ message: 'The connection was lost.', passing: true })
    // Whoever only gives has nothing to wait for.
    if (state === 'connected' && this.#options.receive.length === 0) this.#arrived()
  }

  #arrived(): void {
    this.#patience.end()
    const { signal } = this.#end
    const transport = this.connection.getTransceivers()[0]?.sender.transport
    transport?.addEventListener(
      'statechange',
      () => {
        if (transport.state === 'closed') this.#fail({ message: 'The server ended the connection.', passing: true })
      },
      { signal },
    )
    if (this.#options.receive.length > 0) this.#watchSilence()
    this.#options.listener.playing()
  }

  #watchSilence(): void {
    let silentSinceMs = performance.now()
    const timer = setInterval(async () => {
      const bytes = receivedBytes(await this.connection.getStats())
      if (bytes !== this.#bytes) silentSinceMs = performance.now()
      this.#bytes = bytes
      if (performance.now() - silentSinceMs > SILENCE_MS_MAX)
        this.#fail({ message: 'No pictures arrive.', passing: true })
    }, LOOK_MS)
    this.#end.signal.addEventListener('abort', () => clearInterval(timer))
  }

  #fail(problem: PlaybackProblem): void {
    if (this.#end.signal.aborted) return
    this.close()
    this.#options.listener.failed(problem)
  }
}

const noWayThrough = (tcpOnly: boolean): string =>
  `No way through the network to the server’s WebRTC port${tcpOnly ? ' by TCP' : ''}.`

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')

function receivedBytes(report: RTCStatsReport): number {
  let bytes = 0
  for (const one of report.values()) if (one.type === 'inbound-rtp') bytes += Number(one.bytesReceived ?? 0)
  return bytes
}
