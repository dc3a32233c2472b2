import { beforeEach, expect, test } from 'vitest'
import { silentLogger } from '#media/runtime/logger.ts'
import { Preloads } from '#media/streams/preloads.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { StreamRegistry } from '#media/streams/stream-registry.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { aac, h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { instantPacer, streamOptions } from '#test/helpers/stream-options.ts'

let clock: HeldClock
let scheme: ScriptedScheme
let streams: StreamRegistry
let preloads: Preloads

beforeEach(() => {
  clock = new HeldClock()
  scheme = new ScriptedScheme()
  scheme.answer('scripted:a', [h264, aac])
  streams = new StreamRegistry(streamOptions(clock, [scheme]))
  streams.set({ id: '1', name: 'porch', sources: [parseSourceUrl('scripted:a')] })
  preloads = new Preloads(streams, clock, instantPacer(clock), silentLogger)
})

test('a preloaded stream runs without viewers, until it is let go', async () => {
  preloads.set('porch', '')
  await settled()
  expect(scheme.producers[0]!.startCount).toBe(1)
  scheme.producers[0]!.push(0, true, 1)
  expect(preloads.snapshot()).toMatchObject([
    { stream: 'porch', query: '', consumer: { connection: { formatName: 'preload' }, senders: [{ packets: 1 }, {}] } },
  ])
  expect(preloads.remove('porch')).toBe(true)
  expect(preloads.remove('porch')).toBe(false)
  await settled()
  expect(scheme.producers[0]!.ended).toBe(true)
})

test('another query takes the place of the one before, the same one changes nothing', async () => {
  preloads.set('porch', 'video')
  await settled()
  preloads.set('porch', 'video')
  await settled()
  expect(preloads.snapshot()[0]!.consumer!.senders).toHaveLength(1)
  preloads.set('porch', 'video&audio')
  await settled()
  expect(preloads.snapshot()[0]!.consumer!.senders).toHaveLength(2)
  expect(scheme.dials.length).toBeLessThanOrEqual(2)
})

test('a stream that comes later is preloaded when it is there', async () => {
  preloads.set('garden', '')
  await settled()
  streams.set({ id: '2', name: 'garden', sources: [parseSourceUrl('scripted:a')] })
  await clock.advance(2000)
  expect(scheme.dials).toHaveLength(1)
  preloads[Symbol.dispose]()
})
