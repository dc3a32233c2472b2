import type { Clock } from '../runtime/clock.ts'
import { millis } from '../runtime/units.ts'
import type { StreamSource } from './stream-source.ts'

/** Milliseconds a replaced source may go on while its viewers wait for the first keyframe of the new one. */
const HANDOVER_MS_MAX = 10_000

/** Fulfilled when nobody takes anything from a source any more, or after 10 s. */
export const handedOver = (removed: StreamSource, clock: Clock): Promise<void> => {
  const { producer } = removed
  const tracks = producer?.medias.map(media => (media.direction === 'recvonly' ? producer.track(media) : undefined))
  const busy = (tracks ?? []).filter(track => track !== undefined && !track.idle)
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = busy.length
  if (left === 0) resolve()
  for (const track of busy) {
    track!.onIdle = () => {
      if (--left === 0) resolve()
    }
  }
  const timer = clock.after(millis(HANDOVER_MS_MAX), resolve)
  return promise.finally(() => timer[Symbol.dispose]())
}
