import { dress } from './overlay-style.ts'
import { PLAYER_CHANGE } from './player-element.ts'
import { StreamOverlay } from './stream-overlay.ts'
import { VideoRTC } from './video-rtc.ts'

/** `<video-stream>`: a player that says over its picture what it does, and on demand why. */
export class VideoStream extends VideoRTC {
  #overlay: StreamOverlay | undefined

  override oninit(): void {
    super.oninit()
    this.#overlay = new StreamOverlay(this)
    this.addEventListener(PLAYER_CHANGE, () => this.#overlay?.update())
    this.#overlay.update()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    dress(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#overlay?.rest()
  }
}

if (customElements.get('video-stream') === undefined) customElements.define('video-stream', VideoStream)
