import { describe, expect, test } from 'vitest'
import type { TrackUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { Track, type TrackOutlet } from '#media/core/track.ts'
import type { Transform } from '#media/core/transform.ts'
import { millis } from '#media/runtime/units.ts'

interface Named extends TrackUnit {
  readonly name: string
}
const unit = (name: string): Named => ({
  name,
  keyframe: name.startsWith('k'),
  sizeBytes: 10,
  arrivedAt: millis(7),
})
const codec: Codec = { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' }
const makeTrack = (): Track<Named, 'packets'> =>
  new Track<Named, 'packets'>({ form: 'packets', codec, budget: { bytesMax: 1e6, bytesUsed: 0 } })
const outlet = (id: number): TrackOutlet<Named> & { readonly got: string[] } => {
  const got: string[] = []
  return { id, got, push: one => got.push(one.name) }
}
const shout = (): Transform<Named, Named> => ({
  push: (one, emit) => emit({ ...one, name: one.name.toUpperCase() }),
})

describe('a track', () => {
  test('hands every unit to every outlet and counts it', () => {
    const track = makeTrack()
    const [first, second] = [outlet(1), outlet(2)]
    track.attach(first)
    track.push(unit('k1'))
    track.attach(second)
    track.push(unit('p1'))
    expect(first.got).toEqual(['k1', 'p1'])
    expect(second.got).toEqual(['p1'])
    expect([track.unitCount, track.byteCount, track.lastKeyframeAt]).toEqual([2, 20, 7])
  })

  test('lets an outlet leave during a push', () => {
    const track = makeTrack()
    const second = outlet(2)
    const first: TrackOutlet<Named> = { id: 1, push: () => track.detach(first) }
    track.attach(first)
    track.attach(second)
    track.push(unit('k1'))
    track.push(unit('p1'))
    expect(second.got).toEqual(['k1', 'p1'])
    expect(track.outletIds).toEqual([2])
  })

  test('tells once when its last outlet has left', () => {
    const track = makeTrack()
    let idleCount = 0
    track.onIdle = () => {
      idleCount++
    }
    const [first, second] = [outlet(1), outlet(2)]
    track.attach(first)
    track.attach(second)
    track.detach(first)
    track.detach(first)
    expect(idleCount).toBe(0)
    track.detach(second)
    track.detach(second)
    expect(idleCount).toBe(1)
  })
})

describe('a derived track', () => {
  test('ends once with the track it comes from, even where another was derived from it', () => {
    const track = makeTrack()
    const derived = track.derive('units', codec, shout)
    derived.attach(outlet(1))
    derived.derive('packets', codec, shout).attach(outlet(2))
    track[Symbol.dispose]()
    expect([track.idle, derived.idle]).toEqual([true, true])
  })

  test('is made once for all who want it, and primed with what is cached', () => {
    const track = makeTrack()
    for (const name of ['k1', 'p1']) track.push(unit(name))
    const derived = track.derive('units', codec, shout)
    expect(track.derive('units', codec, shout)).toBe(derived)
    expect(derived.cache.units.map(one => one.name)).toEqual(['K1', 'P1'])
    const taker = outlet(1)
    derived.attach(taker)
    track.push(unit('p2'))
    expect(taker.got).toEqual(['P2'])
  })

  test('is another one for another name, rate or number of channels', () => {
    const track = makeTrack()
    const codecs = [codec, { ...codec, name: 'L16' }, { ...codec, clockRate: 8000 }, { ...codec, channels: 2 }]
    const derived = codecs.map(of => track.derive('units', of, shout))
    expect(new Set(derived).size).toBe(4)
    expect(codecs.map(of => track.derive('units', of, shout))).toEqual(derived)
  })

  test('leaves its parent with its last outlet, and is made anew for the next', () => {
    const track = makeTrack()
    const derived = track.derive('units', codec, shout)
    const taker = outlet(1)
    derived.attach(taker)
    derived.detach(taker)
    expect(track.idle).toBe(true)
    track.push(unit('k1'))
    const again = track.derive('units', codec, shout)
    expect(again).not.toBe(derived)
    expect(again.cache.units).toHaveLength(1)
  })

  test('ends with its parent and gives its cache back', () => {
    const budget = { bytesMax: 1e6, bytesUsed: 0 }
    const track = new Track<Named, 'packets'>({ form: 'packets', codec, budget })
    track.derive('units', codec, shout)
    track.push(unit('k1'))
    expect(budget.bytesUsed).toBe(20)
    track[Symbol.dispose]()
    expect(budget.bytesUsed).toBe(0)
  })
})
