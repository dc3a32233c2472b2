import { AccessUnit } from '#media/core/access-unit.ts'
import { millis, ticks } from '#media/runtime/units.ts'

/** A unit that is one frame, at this time in ticks. */
export const frameUnit = (frame: Buffer, time = 0, keyframe = true): AccessUnit =>
  new AccessUnit({
    keyframe,
    decodingTime: ticks(time),
    framing: 'frame',
    parts: [frame],
    configuration: [],
    arrivedAt: millis(5),
  })

/** Everything a transform gives for these units, in order. */
export const transformed = <In, Out>(
  transform: { push(unit: In, emit: (unit: Out) => void): void },
  units: readonly In[],
): Out[] => {
  const given: Out[] = []
  for (const unit of units) transform.push(unit, one => given.push(one))
  return given
}
