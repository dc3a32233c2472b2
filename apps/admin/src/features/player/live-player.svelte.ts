import { createSubscriber } from 'svelte/reactivity'
import { socketUrl } from '../../api/endpoint.ts'
import type { Attempt } from '../../player/attempts.ts'
import { PLAYER_CHANGE } from '../../player/player-element.ts'
import type { PlayerStatistics } from '../../player/player-statistics.ts'
import type { PlayerStatus } from '../../player/player-status.ts'
import type { VoiceStatus } from '../../player/voice.ts'
import { AdminPlayer } from './admin-player.ts'
import { modeOf, storedWay, storeWay, type WayChoice } from './way-choice.ts'

/** How often the statistics are drawn again. */
const STATISTICS_PERIOD_MS = 1_000

/** One stream's player on the page, and what it says, for components to draw. */
export class LivePlayer {
  readonly #name: string
  readonly #element = new AdminPlayer()
  #way = $state<WayChoice>(storedWay())
  #talks = $state(false)
  #statistics = $state.raw<PlayerStatistics | undefined>()
  readonly #changes = createSubscriber(update => {
    this.#element.addEventListener(PLAYER_CHANGE, update)
    return () => this.#element.removeEventListener(PLAYER_CHANGE, update)
  })
  readonly #measuring = createSubscriber(() => {
    const measure = async () => {
      this.#statistics = await this.#element.statistics()
    }
    void measure()
    const timer = setInterval(measure, STATISTICS_PERIOD_MS)
    return () => clearInterval(timer)
  })

  constructor(name: string) {
    this.#name = name
  }

  get status(): PlayerStatus {
    this.#changes()
    return this.#element.playerStatus
  }

  /** Which ways were tried, and what became of each. */
  get attempts(): readonly Attempt[] {
    this.#changes()
    return this.#element.attempts
  }

  /** Whether the browser waits for a tap before it plays. */
  get tapNeeded(): boolean {
    this.#changes()
    return this.#element.tapNeeded
  }

  get voice(): VoiceStatus {
    this.#changes()
    return this.#element.voice
  }

  /** How loud the microphone is at this moment, from 0 to 1; nothing follows it. */
  get voiceLevel(): number {
    return this.#element.voiceLevel
  }

  /** Measured each second while somebody draws them. */
  get statistics(): PlayerStatistics | undefined {
    this.#measuring()
    return this.#statistics
  }

  /** The chosen way; another one begins at once, and is kept for next time. */
  get way(): WayChoice {
    return this.#way
  }

  set way(way: WayChoice) {
    if (way === this.#way) return
    this.#way = way
    storeWay(way)
    this.#restart()
  }

  /** Whether the connection has a place for a voice. */
  get talks(): boolean {
    return this.#talks
  }

  set talks(talks: boolean) {
    this.#talks = talks
    if (!talks) this.#element.releaseMicrophone()
    this.#restart()
  }

  /** Puts the player into a frame and begins; an attachment. */
  readonly attach = (frame: HTMLElement): (() => void) => {
    frame.prepend(this.#element)
    this.#element.video?.setAttribute('aria-label', `Live picture of ${this.#name}`)
    this.#configure()
    this.#element.src = socketUrl(`api/ws?src=${encodeURIComponent(this.#name)}`).href
    return () => {
      this.#element.ondisconnect()
      this.#element.remove()
    }
  }

  /** Tries again now. */
  retry(): void {
    this.#element.retry()
  }

  /** Plays after a tap. */
  tapped(): void {
    this.#element.play()
  }

  /** Somebody presses to talk, and lets go. */
  press(): void {
    void this.#element.startTalking()
  }

  release(): void {
    this.#element.stopTalking()
  }

  mute(muted: boolean): void {
    if (this.#element.video !== null) this.#element.video.muted = muted
  }

  /** Phones by Apple only know the video's own full screen. */
  fullScreenOfVideo(): void {
    const phone = this.#element.video as (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null
    phone?.webkitEnterFullscreen?.()
  }

  #configure(): void {
    this.#element.mode = this.#talks ? 'webrtc' : modeOf(this.#way)
    this.#element.media = this.#talks ? 'video,audio,microphone' : 'video,audio'
  }

  #restart(): void {
    this.#configure()
    if (this.#element.isConnected) this.#element.retry()
  }
}
