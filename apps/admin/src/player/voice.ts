/** What there is to say of a microphone. */
export type VoiceStatus =
  /** It was not asked for, or nothing is connected yet. */
  | { readonly state: 'off' }
  /** The camera listens; nobody speaks. */
  | { readonly state: 'ready' }
  /** The browser asks whether it may. */
  | { readonly state: 'asking' }
  | { readonly state: 'talking' }
  /** It cannot be: why, in a sentence. */
  | { readonly state: 'unable'; readonly problem: string }

/** What a voice sounds like, at its quietest, in decibels below full scale: the left end of the meter. */
const QUIET_DB = -60
/** Samples of one measurement: some 20 ms. */
const SAMPLES = 1024

/** Push to talk: the microphone is asked for when somebody first presses, and silent unless somebody does. */
export class Voice {
  readonly #changed: () => void
  #status: VoiceStatus = { state: 'off' }
  #sender: RTCRtpSender | undefined
  #track: MediaStreamTrack | undefined
  #meter: LevelMeter | undefined
  #pressed = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get status(): VoiceStatus {
    return this.#status
  }

  /** How loud it is now, from 0 to 1; 0 while nobody speaks. */
  get level(): number {
    return this.#status.state === 'talking' ? (this.#meter?.level ?? 0) : 0
  }

  /** A connection is there: `sender` takes the voice, or the camera takes none. */
  connect(sender: RTCRtpSender | undefined): void {
    if (sender === undefined) {
      this.refuse(noBackchannel)
      return
    }
    this.#sender = sender
    void this.#give()
    this.#become({ state: this.#pressed && this.#track !== undefined ? 'talking' : 'ready' })
  }

  /** It cannot be on this connection: why, as a sentence. */
  refuse(problem: string): void {
    this.#sender = undefined
    this.#become({ state: 'unable', problem })
  }

  /** The connection is gone; the microphone stays at hand for the next one. */
  disconnect(): void {
    this.#sender = undefined
    this.#become({ state: 'off' })
  }

  /** Somebody presses. Resolves when the camera can hear, or when it is known why not. Never rejects. */
  async press(): Promise<void> {
    if (this.#pressed || this.#sender === undefined) return
    this.#pressed = true
    try {
      if (this.#track?.readyState !== 'live') await this.#ask()
    } catch (error) {
      this.#pressed = false
      return this.#become({ state: 'unable', problem: microphoneProblem(error) })
    }
    await this.#give()
    this.#unmute(this.#pressed)
  }

  /** Somebody lets go. */
  release(): void {
    this.#pressed = false
    if (this.#status.state !== 'asking') this.#unmute(false)
  }

  /** Gives the microphone back. */
  close(): void {
    this.#pressed = false
    this.#track?.stop()
    this.#track = undefined
    this.#meter?.close()
    this.#meter = undefined
    this.disconnect()
  }

  async #ask(): Promise<void> {
    this.#become({ state: 'asking' })
    // Without https there is no such object.
    const devices = navigator.mediaDevices as MediaDevices | undefined
    if (devices === undefined) throw new DOMException('no https', 'SecurityError')
    const media = await devices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })
    this.#track = media.getAudioTracks()[0]
    this.#meter?.close()
    this.#meter = new LevelMeter(media)
  }

  async #give(): Promise<void> {
    const track = this.#track ?? null
    if (track !== null && this.#sender?.track !== track) await this.#sender?.replaceTrack(track).catch(() => {})
  }

  #unmute(enabled: boolean): void {
    if (this.#track !== undefined) this.#track.enabled = enabled
    if (this.#sender !== undefined && this.#track !== undefined) this.#become({ state: enabled ? 'talking' : 'ready' })
  }

  #become(status: VoiceStatus): void {
    this.#status = status
    this.#changed()
  }
}

const noBackchannel = 'This camera takes no voice: it offers no backchannel.'

/** Why there is no microphone, or another device that was asked for, as a sentence. */
export function microphoneProblem(error: unknown, device = 'microphone'): string {
  switch ((error as Partial<Error>).name) {
    case 'SecurityError':
      return `Browsers give the ${device} to pages with https only. Open this page by https.`
    case 'NotAllowedError':
      return `The browser may not use the ${device}. Allow it for this page, and press again.`
    case 'NotFoundError':
      return `This device has no ${device}.`
    case 'NotReadableError':
      return `Another program uses the ${device}.`
    default:
      return `The ${device} does not work: ${(error as Partial<Error>).message ?? String(error)}`
  }
}

/** How loud samples from -1 to 1 are: 0 for silence below -60 dB, 1 for full scale. */
export function levelOf(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length))
  return Math.min(1, Math.max(0, 1 - decibels / QUIET_DB))
}

/** Measures a microphone while it is on. */
class LevelMeter {
  readonly #context = new AudioContext()
  readonly #analyser = new AnalyserNode(this.#context, { fftSize: SAMPLES })
  readonly #samples = new Float32Array(SAMPLES)

  constructor(media: MediaStream) {
    this.#context.createMediaStreamSource(media).connect(this.#analyser)
  }

  get level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples)
    return levelOf(this.#samples)
  }

  close(): void {
    void this.#context.close()
  }
}
