import { beforeEach, expect, test } from 'vitest'
import { OnTheFlyStreams } from '#media/streams/on-the-fly-streams.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { RecordingConsumer } from '#test/helpers/recording-consumer.ts'
import { h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { streamOptions } from '#test/helpers/stream-options.ts'

const source = parseSourceUrl('scripted:a')
let clock: HeldClock
let streams: OnTheFlyStreams

beforeEach(() => {
  const scheme = new ScriptedScheme()
  scheme.answer('scripted:a', [h264])
  clock = new HeldClock()
  streams = new OnTheFlyStreams(streamOptions(clock, [scheme]))
})

test('stays while it is watched, and goes a minute after its last viewer', async () => {
  const stream = streams.borrow('cam', [source])
  expect(streams.borrow('cam', [source])).toBe(stream)
  expect(streams.byId(stream.id)).toBe(stream)
  const viewer = new RecordingConsumer([h264], clock)
  await stream.add(viewer)
  await clock.advance(300_000)
  expect(streams.byName('cam')).toBe(stream)
  viewer.close()
  await settled()
  await clock.advance(80_000)
  expect(streams.all).toEqual([])
  expect(clock.timerCount).toBe(0)
})

test('there are a hundred at most', () => {
  for (let i = 0; i < 100; i++) streams.borrow(`cam${i}`, [source])
  expect(() => streams.borrow('one too many', [source])).toThrow('more than 100')
  streams[Symbol.dispose]()
})
