import { readBody } from '../../net/http-body.ts'
import type { HttpAnswer, HttpClient } from '../../net/http-client.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import { type FlowGate, waitUntilOver } from './body-pump.ts'

/** Bytes of one image: as much as a unit may have. */
const IMAGE_BYTES_MAX = 5 * 1024 * 1024
/** Milliseconds from one question to the next: 25 images a second, which no camera's snapshots reach. */
const POLL_MS_MIN = 40
/** Milliseconds of pause after a question that failed, and how many may fail in a row. */
const FAILURE_PAUSE_MS = 1000
const FAILURES_MAX = 3

/** What a poll works with. */
export interface SnapshotPollingOptions {
  readonly client: Pick<HttpClient, 'get'>
  readonly url: URL
  readonly clock: Clock
  readonly gate: FlowGate
  readonly push: (image: Buffer) => void
  /** Aborts when it is over. */
  readonly over: AbortSignal
}

/** Asks for an image again and again, as fast as the camera answers, until it is over. Why it ended; never rejects. */
export const pollSnapshots = async (first: HttpAnswer, options: SnapshotPollingOptions): Promise<CloseReason> => {
  const { clock, gate, over } = options
  let answer: HttpAnswer | undefined = first
  let failures = 0
  let reason: CloseReason = { code: 'done', message: 'no longer needed' }
  while (!over.aborted) {
    const begun = clock.now()
    const problem = await ask(answer, options)
    answer = undefined
    if (problem === undefined) failures = 0
    else if (++failures > FAILURES_MAX) return problem
    reason = problem ?? reason
    const pause = problem === undefined ? POLL_MS_MIN - (clock.now() - begun) : FAILURE_PAUSE_MS
    await waitUntilOver(clock, pause, over)
    await gate.opened
  }
  return reason
}

/** What went wrong; `undefined` when there was an image. */
const ask = async (
  answer: HttpAnswer | undefined,
  { client, url, push }: SnapshotPollingOptions,
): Promise<CloseReason | undefined> => {
  try {
    const { body } = answer ?? (await client.get(url))
    const image = await readBody(body, IMAGE_BYTES_MAX)
    if (image === undefined) return { code: 'limit', message: `an image of more than ${IMAGE_BYTES_MAX} bytes` }
    push(image)
    return undefined
  } catch (error) {
    return describeError(error)
  }
}
