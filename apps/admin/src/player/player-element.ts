import type { Attempt } from './attempts.ts'
import { Playback } from './playback.ts'
import { PlayerMeter } from './player-meter.ts'
import type { PlayerStatistics } from './player-statistics.ts'
import type { PlayerStatus } from './player-status.ts'
import { Voice, type VoiceStatus } from './voice.ts'

/** Tells that `playerStatus`, `attempts`, `voice` or `tapNeeded` of a player changed. */
export const PLAYER_CHANGE = 'playerchange'

/** What a player says of itself, and how somebody talks with it: the part that go2rtc's player has no names for. */
export class PlayerElement extends HTMLElement {
  /** The one video element, in the light DOM. */
  video: HTMLVideoElement | null = null
  protected readonly playback = new Playback(() => this.#tellChange())
  protected readonly microphone = new Voice(() => this.#tellChange())
  readonly #meter = new PlayerMeter()
  #tapNeeded = false

  /** What it is doing. */
  get playerStatus(): PlayerStatus {
    return this.playback.status
  }

  /** Which ways were tried, and what became of each; never the same array with other contents. */
  get attempts(): readonly Attempt[] {
    return this.playback.attempts.entries
  }

  /** Whether the browser waits for a tap before it plays. */
  get tapNeeded(): boolean {
    return this.#tapNeeded
  }

  /** Whether somebody can talk, or why not. */
  get voice(): VoiceStatus {
    return this.microphone.status
  }

  /** How loud the microphone is, from 0 to 1. */
  get voiceLevel(): number {
    return this.microphone.level
  }

  /** Measured now; rates since it was last asked. Nothing while nothing plays. Never rejects. */
  async statistics(): Promise<PlayerStatistics | undefined> {
    const { showing, firstFrameMs } = this.playback
    if (showing === undefined || this.video === null) return undefined
    return await this.#meter.measure({ ...showing, video: this.video, firstFrameMs })
  }

  /** Push to talk: asks for the microphone when it is the first time. Call it from a gesture. Never rejects. */
  startTalking(): Promise<void> {
    return this.microphone.press()
  }

  /** The microphone is silent again. */
  stopTalking(): void {
    this.microphone.release()
  }

  /** Gives the microphone back to the browser. */
  releaseMicrophone(): void {
    this.microphone.close()
  }

  /** Plays; silently where the browser allows sound only after a gesture. */
  play(): void {
    void this.#play()
  }

  async #play(): Promise<void> {
    const { video } = this
    if (video === null) return
    this.#needTap(false)
    try {
      await video.play()
    } catch (error) {
      // Anything else is a picture that was replaced by the next one meanwhile.
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return
      if (video.muted) return this.#needTap(true)
      video.muted = true
      await this.#play()
    }
  }

  #needTap(needed: boolean): void {
    if (needed === this.#tapNeeded) return
    this.#tapNeeded = needed
    this.#tellChange()
  }

  #tellChange(): void {
    this.dispatchEvent(new Event(PLAYER_CHANGE))
  }
}
