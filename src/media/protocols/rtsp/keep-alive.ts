import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { millis } from '../../runtime/units.ts'
import type { RtspClient } from './rtsp-client.ts'

/** Seconds before a session's end at which it is kept alive: go2rtc's. */
const MARGIN_SECONDS = 5
/** Seconds a session lasts when the camera does not say: half of RFC 2326's 60, as go2rtc and others have it. */
const SESSION_SECONDS = 30

/** Whose session is kept alive. */
export interface KeepAliveOptions {
  readonly client: Pick<RtspClient, 'request'>
  readonly target: string
  /** After how many seconds it would end. */
  readonly seconds: number | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Keeps a session alive until it is disposed of. */
export class KeepAlive implements Disposable {
  readonly #options: KeepAliveOptions
  readonly #timer: Disposable
  #method = 'OPTIONS'

  constructor(options: KeepAliveOptions) {
    const seconds = options.seconds ?? SESSION_SECONDS
    const period = Math.max(seconds - MARGIN_SECONDS, seconds / 2)
    this.#options = options
    this.#timer = options.clock.every(millis(period * 1000), () => void this.#sayAlive())
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]()
  }

  /** Whether it is answered does not matter, as long as the media flows. */
  async #sayAlive(): Promise<void> {
    const { client, target, logger } = this.#options
    try {
      const { status } = await client.request(this.#method, target)
      if (status >= 300) this.#method = 'GET_PARAMETER'
    } catch (error) {
      logger.debug({ error: describeError(error).message }, 'keep-alive was not answered')
    }
  }
}
