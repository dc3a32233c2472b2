import { expect, test } from 'vitest'
import { parseProbeRequest } from '#media/streams/media-request.ts'
import { SilentConsumer } from '#media/streams/silent-consumer.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { h264, h265, ScriptedProducer } from '#test/helpers/scripted-source.ts'

test('counts what it gets and keeps a track from being idle', () => {
  const producer = new ScriptedProducer([h264], dialContext())
  const track = producer.track(producer.medias[0]!)!
  const consumer = new SilentConsumer({
    ...{ formatName: 'probe', clock: new HeldClock() },
    medias: parseProbeRequest('video&microphone'),
  })
  const [video, microphone] = consumer.medias
  consumer.attach(video!, track)
  producer.push(0, true, 1, 'abc')
  expect(consumer.senders).toMatchObject([{ sentCount: 1, sentBytes: 3 }])
  expect(consumer.accepts(video!, h264)).toBe(true)
  expect(consumer.accepts(video!, h265)).toBe(false)
  expect(consumer.track(microphone!, h264).codec).toBe(h264)
  consumer.close()
  expect(track.idle).toBe(true)
})

test('goes over to another track as other viewers do', () => {
  const [before, after] = [new ScriptedProducer([h264], dialContext()), new ScriptedProducer([h264], dialContext())]
  const consumer = new SilentConsumer({
    ...{ formatName: 'preload', clock: new HeldClock() },
    medias: parseProbeRequest('video'),
  })
  consumer.attach(consumer.medias[0]!, before.track(before.medias[0]!)!)
  consumer.attach(consumer.medias[0]!, after.track(after.medias[0]!)!)
  after.push(0, true, 1)
  expect(before.track(before.medias[0]!)!.idle).toBe(true)
  expect(consumer.senders).toHaveLength(1)
})
