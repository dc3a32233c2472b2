import { beforeEach, expect, test } from 'vitest'
import type { Talk } from '#media/core/producer.ts'
import type { Served } from '#media/streams/negotiate.ts'
import { PublishedSource } from '#media/streams/published-source.ts'
import { Viewer } from '#media/streams/viewer.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { RecordingConsumer } from '#test/helpers/recording-consumer.ts'
import { h264, ScriptedProducer } from '#test/helpers/scripted-source.ts'

const allVideo = { ...h264, name: 'ALL' }
let clock: HeldClock
let consumer: RecordingConsumer
let viewer: Viewer

beforeEach(() => {
  clock = new HeldClock()
  consumer = new RecordingConsumer([allVideo], clock)
  viewer = new Viewer(consumer)
})

const sourceOf = (): PublishedSource => {
  const source = new PublishedSource({ clock, wanted: () => true, changed() {}, ended() {}, revived() {}, over() {} })
  source.adopt(new ScriptedProducer([h264], dialContext()))
  return source
}

const servedBy = (source: PublishedSource, nth: number): Served => ({
  ...{ want: consumer.medias[0]!, nth, source, codec: h264 },
  by: { track: source.producer!.track(source.medias[0]!)! },
})

test('each track of a want has a place of its own, which stays the same', () => {
  const [first, second] = [sourceOf(), sourceOf()]
  viewer.connect([servedBy(first, 0), servedBy(second, 1)])
  expect(consumer.senders).toHaveLength(2)
  viewer.connect([servedBy(second, 0), servedBy(first, 1)])
  expect(consumer.senders).toHaveLength(2)
  expect([...viewer.sources]).toEqual([second, first])
})

test('knows which wants a source has a part in, and forgets them whole', () => {
  const [first, second] = [sourceOf(), sourceOf()]
  viewer.connect([servedBy(first, 0), servedBy(second, 1)])
  expect(viewer.wantsFrom(second)).toEqual(consumer.medias)
  viewer.forget(consumer.medias)
  expect([viewer.fed, viewer.isFedBy(first), viewer.wantsFrom(first)]).toEqual([false, false, []])
  viewer.wait(consumer.medias[0]!, first)
  expect(viewer.isFedBy(first)).toBe(true)
})

test('its voice ends with it, and when another takes its place', () => {
  const source = sourceOf()
  const ended: number[] = []
  const talk = (id: number): Talk => ({
    ...{ id, codec: h264, parentId: 0, sentCount: 0, sentBytes: 0, droppedCount: 0 },
    [Symbol.dispose]: () => ended.push(id),
  })
  const served = (id: number): Served => ({
    ...{ want: consumer.medias[0]!, nth: 0, source, codec: h264, by: { talk: talk(id) } },
  })
  expect(viewer.accepts(served(1))).toBe(true)
  viewer.connect([served(1)])
  expect(viewer.talksTo(source).map(({ id }) => id)).toEqual([1])
  viewer.connect([served(2)])
  expect(ended).toEqual([1])
  viewer.end()
  expect([ended, viewer.ended, viewer.fed]).toEqual([[1, 2], true, false])
})
