import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Producer } from '#media/core/producer.ts'

/** Takes all units of a producer that gives units, by the name of their codec, and starts it. */
export const takeUnits = async (producer: Producer): Promise<ReadonlyMap<string, readonly AccessUnit[]>> => {
  const taken = new Map<string, AccessUnit[]>()
  for (const media of producer.medias) {
    const units: AccessUnit[] = []
    taken.set(media.codecs[0]!.name, units)
    const track = producer.track(media)
    if (track?.form === 'units') track.attach({ id: 1, push: unit => units.push(unit) })
  }
  await producer.start()
  return taken
}
