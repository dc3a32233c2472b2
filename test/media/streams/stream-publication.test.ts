import { beforeEach, describe, expect, test } from 'vitest'
import { snapshotStream } from '#media/streams/snapshot-stream.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { Stream } from '#media/streams/stream.ts'
import type { StreamFact } from '#media/streams/stream-facts.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { RecordingConsumer } from '#test/helpers/recording-consumer.ts'
import { aac, h264, ScriptedProducer, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { streamOptions } from '#test/helpers/stream-options.ts'

let clock: HeldClock
let scheme: ScriptedScheme
let facts: StreamFact[]

beforeEach(() => {
  clock = new HeldClock()
  scheme = new ScriptedScheme()
  facts = []
})

const streamOf = (...sources: string[]): Stream =>
  new Stream({ id: 'id', name: 'porch', sources: sources.map(parseSourceUrl) }, streamOptions(clock, [scheme], facts))

const viewer = (...codecs: (typeof h264)[]): RecordingConsumer => new RecordingConsumer(codecs, clock)

describe('a stream that somebody publishes to', () => {
  const publish = (stream: Stream, ...codecs: (typeof h264)[]): ScriptedProducer => {
    const place = stream.publication()
    const producer = new ScriptedProducer(codecs, place.context)
    place.take(producer)
    return producer
  }

  test('feeds its viewers, and they stay when the publisher comes back', async () => {
    const stream = streamOf()
    const first = publish(stream, h264)
    const consumer = viewer(h264)
    await stream.add(consumer)
    expect(first.startCount).toBe(1)
    first.push(0, true, 1, 'a')
    first.close({ code: 'closed_by_peer', message: 'gone' })
    await settled()
    expect(snapshotStream(stream, clock)).toMatchObject({ state: 'reconnecting', sources: [{ published: true }] })
    const second = publish(stream, h264)
    await settled()
    second.push(0, true, 2, 'b')
    expect(consumer.received).toEqual(['a', 'b'])
    expect(stream.sources).toHaveLength(1)
  })

  test('lets its viewers go when the publisher stays away, and forgets it', async () => {
    const stream = streamOf()
    publish(stream, h264)
    const consumer = viewer(h264)
    await stream.add(consumer)
    stream.sources[0]!.producer!.close()
    await settled()
    await clock.advance(15_000)
    expect(consumer.reason?.code).toBe('publisher_left')
    expect([stream.sources, stream.idle]).toEqual([[], true])
  })

  test('is asked after the sources of the configuration', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    publish(stream, h264, aac)
    await stream.add(viewer(h264, aac))
    expect(facts.find(fact => fact.type === 'ConsumerJoined')).toMatchObject({
      negotiation: { matches: [{ source: 0 }, { source: 1 }] },
    })
  })
})

describe('a viewer', () => {
  test('is told loudly of a track that has not come back, and gets it when it does', async () => {
    scheme.answer('scripted:a', [h264, aac])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264, aac)
    await stream.add(consumer)
    scheme.answer('scripted:a', [aac])
    scheme.producers[0]!.close({ code: 'camera_closed', message: 'gone' })
    await clock.advance(2_000)
    expect(facts.filter(fact => fact.type === 'ConsumerLacks')).toMatchObject([{ kind: 'video' }])
    scheme.answer('scripted:a', [h264, aac])
    scheme.producers[1]!.close({ code: 'camera_closed', message: 'gone' })
    await clock.advance(10_000)
    scheme.producers[2]!.push(0, true, 3, 'back')
    expect(consumer.received).toEqual(['back'])
    expect(consumer.reason).toBeUndefined()
  })

  test('is never fed from the source it is itself part of', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    const consumer = Object.assign(viewer(h264), { source: 'scripted:a' })
    await expect(stream.add(consumer)).rejects.toMatchObject({
      code: 'source_loop',
      message: 'unknown error',
    })
    expect(scheme.dials).toEqual([])
  })

  test('that leaves is told of with what it got', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264)
    await stream.add(consumer)
    consumer.close({ code: 'closed_by_peer', message: 'bye' })
    await settled()
    expect(facts.at(-3)).toMatchObject({ type: 'ConsumerJoined', formatName: 'recording' })
    expect(facts.find(fact => fact.type === 'ConsumerLeft')).toMatchObject({
      cause: { code: 'closed_by_peer' },
      sums: { droppedCount: 0 },
    })
  })
})

test('a source lingers after its last viewer for the next one', async () => {
  scheme.answer('scripted:a', [h264])
  const options = streamOptions(clock, [scheme], facts, 5_000)
  const stream = new Stream({ id: 'id', name: 'porch', sources: [parseSourceUrl('scripted:a')] }, options)
  const first = viewer(h264)
  await stream.add(first)
  first.close()
  await clock.advance(4_000)
  const second = viewer(h264)
  await stream.add(second)
  await clock.advance(60_000)
  expect(scheme.dials).toHaveLength(1)
  second.close()
  await clock.advance(5_000)
  expect(scheme.producers[0]!.ended).toBe(true)
  expect(clock.timerCount).toBe(0)
})

test('what a source did on the way is told of', async () => {
  scheme.answer('scripted:a', [h264])
  const stream = streamOf('scripted:b', 'scripted:a')
  const dial = scheme.dial.bind(scheme)
  scheme.dial = (source, context) => {
    context.note({ code: 'redirected', message: 'elsewhere' })
    return dial(source, context)
  }
  await stream.add(viewer(h264))
  expect(facts.filter(fact => fact.type === 'SourceNoted')).toMatchObject([{ source: 0 }, { source: 1 }])
})
