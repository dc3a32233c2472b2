import { VideoRTC } from '../../player/video-rtc.ts'

/** Milliseconds between the beginnings of two connections, at first: whoever looks at one stream waits for it. */
const RETRY_MS = 2_000

/** The player as the admin wants it: its own controls, and silent until somebody asks for sound. */
export class AdminPlayer extends VideoRTC {
  constructor() {
    super()
    this.RECONNECT_TIMEOUT = RETRY_MS
  }

  override oninit(): void {
    super.oninit()
    if (this.video !== null) Object.assign(this.video, { controls: false, muted: true })
  }
}

if (customElements.get('sightline-player') === undefined) customElements.define('sightline-player', AdminPlayer)
