import { beforeEach, describe, expect, test } from 'vitest'
import type { TrackUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { Sender } from '#media/core/sender.ts'
import { Track } from '#media/core/track.ts'
import { millis } from '#media/runtime/units.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

interface Named extends TrackUnit {
  readonly name: string
}
const unit = (name: string, keyframe = name.startsWith('k')): Named => ({
  name,
  keyframe,
  sizeBytes: 10,
  arrivedAt: millis(0),
})
const codec: Codec = { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' }
const makeTrack = (): Track<Named, 'units'> =>
  new Track<Named, 'units'>({ form: 'units', codec, budget: { bytesMax: 1e6, bytesUsed: 0 } })

let sink: { pendingBytes: number }
let clock: HeldClock
let got: string[]
let stuckCount: number
let sender: Sender<Named>

beforeEach(() => {
  sink = { pendingBytes: 0 }
  clock = new HeldClock()
  got = []
  stuckCount = 0
  sender = new Sender<Named>({
    sink,
    clock,
    deliver: one => got.push(one.name),
    stuck: () => {
      stuckCount++
    },
    failed: error => expect.fail(String(error)),
  })
})

describe('a sender', () => {
  test('begins at a keyframe', () => {
    const track = makeTrack()
    sender.attach(track, false)
    for (const name of ['p0', 'k1', 'p1']) track.push(unit(name))
    expect(got).toEqual(['k1', 'p1'])
  })

  test('begins with what is cached when asked to', () => {
    const track = makeTrack()
    for (const name of ['p0', 'k1', 'p1']) track.push(unit(name))
    sender.attach(track, true)
    track.push(unit('p2'))
    expect(got).toEqual(['k1', 'p1', 'p2'])
  })

  test('drops to the next keyframe while its sink is full, and goes on only when it is nearly empty', () => {
    const track = makeTrack()
    sender.attach(track, false)
    track.push(unit('k1'))
    sink.pendingBytes = 2 * 1024 * 1024
    track.push(unit('p1'))
    sink.pendingBytes = 512 * 1024
    track.push(unit('p2'))
    track.push(unit('k2'))
    sink.pendingBytes = 0
    track.push(unit('p3'))
    track.push(unit('k3'))
    track.push(unit('p4'))
    expect(got).toEqual(['k1', 'k3', 'p4'])
    expect(sender.droppedCount).toBe(4)
    expect(sender.sentCount).toBe(3)
  })

  test('goes on without loss while its sink holds less than the limit', () => {
    const track = makeTrack()
    sender.attach(track, false)
    track.push(unit('k1'))
    sink.pendingBytes = 900 * 1024
    track.push(unit('p1'))
    expect(got).toEqual(['k1', 'p1'])
  })

  test('says that its viewer is stuck after ten seconds without taking anything', async () => {
    const track = makeTrack()
    sender.attach(track, false)
    sink.pendingBytes = 2 * 1024 * 1024
    track.push(unit('k1'))
    await clock.advance(9_000)
    track.push(unit('k2'))
    expect(stuckCount).toBe(0)
    await clock.advance(2_000)
    track.push(unit('k3'))
    expect(stuckCount).toBe(1)
  })

  // The kernel's own buffer may grow and take a little more, though the viewer takes nothing.
  test('says so as well where what waits is below the limit again, and then becomes no less', async () => {
    const track = makeTrack()
    sender.attach(track, false)
    for (const [kib, stuck] of [
      [2048, 0],
      [600, 0],
      [500, 0],
      [500, 0],
      [500, 1],
    ] as const) {
      sink.pendingBytes = kib * 1024
      track.push(unit('k1'))
      expect(stuckCount).toBe(stuck)
      await clock.advance(6_000)
    }
    expect(got).toEqual([])
  })

  test('calls nobody stuck who takes a little now and then', async () => {
    const track = makeTrack()
    sender.attach(track, false)
    for (let second = 0; second < 30; second++) {
      sink.pendingBytes = (second % 5 === 4 ? 0.5 : 2) * 1024 * 1024
      track.push(unit(`p${second}`))
      await clock.advance(1_000)
    }
    expect(stuckCount).toBe(0)
  })

  test('hurts nobody else by being slow', () => {
    const track = makeTrack()
    const others: string[] = []
    const other = new Sender<Named>({
      sink: { pendingBytes: 0 },
      clock,
      deliver: one => others.push(one.name),
      stuck: () => {},
      failed: () => {},
    })
    sender.attach(track, false)
    other.attach(track, false)
    sink.pendingBytes = 1e9
    for (const name of ['k1', 'p1', 'p2']) track.push(unit(name))
    expect(got).toEqual([])
    expect(others).toEqual(['k1', 'p1', 'p2'])
  })

  test('hurts nobody else by a mistake, neither while units come nor by what is cached', () => {
    const track = makeTrack()
    const mistake = new TypeError('it cannot be delivered')
    const told: unknown[] = []
    const broken: Sender<Named> = new Sender<Named>({
      sink,
      clock,
      deliver() {
        throw mistake
      },
      stuck: () => {},
      failed: error => {
        told.push(error)
        broken.detach()
      },
    })
    broken.attach(track, false)
    sender.attach(track, false)
    for (const name of ['k1', 'p1']) track.push(unit(name))
    expect(told).toEqual([mistake])
    broken.attach(track, true)
    track.push(unit('p2'))
    expect(told).toEqual([mistake, mistake])
    expect(got).toEqual(['k1', 'p1', 'p2'])
  })

  test('moves to another track at its first keyframe, without a gap before', () => {
    const [from, to] = [makeTrack(), makeTrack()]
    sender.attach(from, false)
    from.push(unit('k1'))
    sender.moveTo(to)
    to.push(unit('p-early'))
    from.push(unit('p1'))
    to.push(unit('k-new'))
    from.push(unit('p-late'))
    to.push(unit('p-new'))
    expect(got).toEqual(['k1', 'p1', 'k-new', 'p-new'])
    expect(from.idle).toBe(true)
    expect(sender.parentId).toBe(to.id)
  })

  test('goes on in a derived track that it alone takes from', () => {
    const [from, parent] = [makeTrack(), makeTrack()]
    const derived = parent.derive('units', codec, () => ({
      push: (one: Named, emit: (one: Named) => void) => emit(one),
    }))
    sender.attach(from, false)
    sender.moveTo(derived)
    for (const name of ['k1', 'p1', 'p2']) parent.push(unit(name))
    expect(got).toEqual(['k1', 'p1', 'p2'])
    sender.detach()
    expect(parent.idle).toBe(true)
  })

  test('that is told to move to where it is stays there', () => {
    const track = makeTrack()
    sender.attach(track, false)
    sender.moveTo(track)
    track.push(unit('k1'))
    expect(got).toEqual(['k1'])
    expect(track.outletIds).toEqual([sender.id])
  })

  test('takes nothing after it was let go, not even from where it was going', () => {
    const [from, to] = [makeTrack(), makeTrack()]
    sender.attach(from, false)
    sender.moveTo(to)
    sender[Symbol.dispose]()
    from.push(unit('k1'))
    to.push(unit('k2'))
    expect(got).toEqual([])
    expect(from.idle && to.idle).toBe(true)
  })
})
