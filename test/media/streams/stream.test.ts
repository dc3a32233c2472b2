import { beforeEach, describe, expect, test } from 'vitest'
import { snapshotStream } from '#media/streams/snapshot-stream.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { NotServedError, Stream } from '#media/streams/stream.ts'
import type { StreamFact } from '#media/streams/stream-facts.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { RecordingConsumer } from '#test/helpers/recording-consumer.ts'
import { aac, h264, h265, ScriptedError, ScriptedScheme } from '#test/helpers/scripted-source.ts'
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

describe('a stream with one source', () => {
  test('dials on its first viewer, shares the connection, and lets it go with the last', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    expect(scheme.dials).toEqual([])
    const [first, second] = [viewer(h264), viewer(h264)]
    await Promise.all([stream.add(first), stream.add(second)])
    expect(scheme.dials).toEqual(['scripted:a'])
    expect(scheme.producers[0]!.startCount).toBe(1)
    scheme.producers[0]!.push(0, true, 1, 'key')
    expect([first.received, second.received]).toEqual([['key'], ['key']])
    first.close()
    await settled()
    expect(scheme.producers[0]!.ended).toBe(false)
    second.close()
    await settled()
    expect(scheme.producers[0]!.ended).toBe(true)
    expect(stream.sources[0]!.state).toBe('idle')
    expect(clock.timerCount).toBe(0)
  })

  test('shows a second viewer the pictures since the last keyframe at once', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    await stream.add(viewer(h264))
    for (const [content, keyframe] of [
      ['old', true],
      ['key', true],
      ['p1', false],
      ['p2', false],
    ] as const)
      scheme.producers[0]!.push(0, keyframe, 1, content)
    const second = viewer(h264)
    await stream.add(second)
    expect(second.received).toEqual(['key', 'p1', 'p2'])
  })

  test('refuses a viewer with the reason of the source, and does not dial again for it', async () => {
    scheme.answer('scripted:a', new ScriptedError('host_not_found', 'no such host'))
    const stream = streamOf('scripted:a')
    await expect(stream.add(viewer(h264))).rejects.toThrow('no such host')
    await clock.advance(120_000)
    expect(scheme.dials).toHaveLength(1)
    expect(snapshotStream(stream, clock)).toMatchObject({ state: 'failed', cause: { code: 'host_not_found' } })
  })

  test('refuses a viewer without a common codec, naming both sides, and lets the source go', async () => {
    scheme.answer('scripted:a', [h265, aac])
    const stream = streamOf('scripted:a')
    const refused = await stream.add(viewer(h264)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(NotServedError)
    expect(refused).toMatchObject({
      code: 'codec_mismatch',
      message: 'codecs not matched: video:H265, audio:AAC => video:H264',
      negotiation: { outcome: 'failed', comparisons: [{ offered: 'H265', wanted: 'H264', verdict: 'other codec' }] },
    })
    await settled()
    expect(scheme.producers[0]!.ended).toBe(true)
    expect(facts.map(fact => fact.type)).toContain('ConsumerRefused')
  })

  test('a viewer who leaves while the source is being dialed leaves nothing behind', async () => {
    const answer = Promise.withResolvers<readonly (typeof h264)[]>()
    scheme.answer('scripted:a', answer.promise)
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264)
    const added = stream.add(consumer)
    consumer.close()
    answer.resolve([h264])
    await added
    await settled()
    expect(stream.consumers).toEqual([])
    expect(scheme.producers[0]!.ended).toBe(true)
  })

  test('serves what it can: a viewer of video and audio gets video alone', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264, aac)
    await stream.add(consumer)
    expect(consumer.senders).toHaveLength(1)
    expect(facts.find(fact => fact.type === 'ConsumerJoined')).toMatchObject({ negotiation: { outcome: 'partial' } })
  })
})

describe('a source that is lost', () => {
  test('is dialed again at once after it was stable, and its viewers go on at the next keyframe', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264)
    await stream.add(consumer)
    scheme.producers[0]!.push(0, true, 1, 'before')
    await clock.advance(6_000)
    scheme.producers[0]!.close({ code: 'silent', message: 'no data for 5 s' })
    await clock.advance(0)
    expect(scheme.dials).toHaveLength(2)
    const again = scheme.producers[1]!
    expect(again.startCount).toBe(1)
    again.push(0, false, 2, 'delta')
    again.push(0, true, 3, 'after')
    expect(consumer.received).toEqual(['before', 'after'])
    expect(consumer.reason).toBeUndefined()
  })

  test('is dialed again on the schedule while it does not answer, and says when', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    await stream.add(viewer(h264))
    scheme.answer('scripted:a', new ScriptedError('unreachable', 'gone'))
    await clock.advance(6_000)
    scheme.producers[0]!.close({ code: 'silent', message: 'no data for 5 s' })
    await clock.advance(0)
    const delays: number[] = []
    for (let attempt = 0; attempt < 11; attempt++) {
      delays.push(clock.nextTimerIn!)
      await clock.advance(clock.nextTimerIn!)
    }
    expect(delays).toEqual([1000, 1000, 1000, 1000, 1000, 5000, 5000, 5000, 5000, 5000, 10000])
    expect(snapshotStream(stream, clock)).toMatchObject({ state: 'reconnecting', cause: { code: 'unreachable' } })
    expect(snapshotStream(stream, clock).sources[0]!.retryAt).toBe(clock.wallTime() + 10_000)
  })

  test('that dies as soon as it lives does not get dialed in a tight loop', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    await stream.add(viewer(h264))
    for (let round = 0; round < 20; round++) {
      scheme.producers.at(-1)!.close({ code: 'closed', message: 'hung up' })
      await clock.advance(1_000)
    }
    expect(scheme.dials.length).toBeLessThan(14)
  })

  test('is left alone when its last viewer goes while it waits', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264)
    await stream.add(consumer)
    scheme.answer('scripted:a', new ScriptedError('unreachable', 'gone'))
    scheme.producers[0]!.close({ code: 'silent', message: 'silent' })
    await clock.advance(3_000)
    const dials = scheme.dials.length
    consumer.close()
    await clock.advance(600_000)
    expect(scheme.dials).toHaveLength(dials)
    expect(clock.timerCount).toBe(0)
  })

  test('pauses after two refused passwords and ends its viewers with the reason', async () => {
    scheme.answer('scripted:a', new ScriptedError('wrong_password', 'the camera refused the password'))
    const stream = streamOf('scripted:a')
    await expect(stream.add(viewer(h264))).rejects.toThrow('refused the password')
    await expect(stream.add(viewer(h264))).rejects.toThrow('paused after 2 tries')
    await expect(stream.add(viewer(h264))).rejects.toThrow('paused after 2 tries')
    expect(scheme.dials).toHaveLength(2)
    expect(snapshotStream(stream, clock)).toMatchObject({ state: 'paused', cause: { code: 'wrong_password' } })
    scheme.answer('scripted:b', [h264])
    stream.setSources([parseSourceUrl('scripted:b')])
    await stream.add(viewer(h264))
    expect(snapshotStream(stream, clock).state).toBe('live')
  })
})

describe('a source that is changed while it is watched', () => {
  test('is left only when the new one shows a keyframe, and the viewer keeps its session', async () => {
    scheme.answer('scripted:a', [h264])
    scheme.answer('scripted:b', [h264])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264)
    await stream.add(consumer)
    const old = scheme.producers[0]!
    old.push(0, true, 1, 'a1')
    stream.setSources([parseSourceUrl('scripted:b')])
    await settled()
    const next = scheme.producers[1]!
    old.push(0, false, 2, 'a2')
    next.push(0, false, 2, 'b-delta')
    expect(old.ended).toBe(false)
    next.push(0, true, 3, 'b1')
    old.push(0, false, 3, 'a3')
    await settled()
    expect(old.ended).toBe(true)
    expect(consumer.received).toEqual(['a1', 'a2', 'b1'])
    expect(consumer.reason).toBeUndefined()
    expect(facts.map(fact => fact.type)).toContain('ConsumerMoved')
    stream.close({ code: 'done', message: '' })
    await settled()
    expect(clock.timerCount).toBe(0)
  })

  test('serves who joins just as who was there leaves', async () => {
    const answer = Promise.withResolvers<readonly (typeof h264)[]>()
    scheme.answer('scripted:a', [h264])
    scheme.answer('scripted:b', answer.promise)
    const stream = streamOf('scripted:a')
    const leaving = viewer(h264)
    await stream.add(leaving)
    stream.setSources([parseSourceUrl('scripted:b')])
    const joining = viewer(h264)
    const added = stream.add(joining)
    await settled()
    leaving.close()
    answer.resolve([h264])
    await added
    await settled()
    scheme.producers[1]!.push(0, true, 1, 'b1')
    expect(joining.received).toEqual(['b1'])
    expect(scheme.producers[1]!.ended).toBe(false)
  })

  test('ends the viewer with a reason when the codec does not fit', async () => {
    scheme.answer('scripted:a', [h264])
    scheme.answer('scripted:b', [h265])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264)
    await stream.add(consumer)
    stream.setSources([parseSourceUrl('scripted:b')])
    await settled()
    expect(consumer.reason).toMatchObject({ code: 'source_changed' })
    await settled()
    expect(scheme.producers.every(producer => producer.ended)).toBe(true)
  })

  test('keeps the viewer and keeps trying when the new one does not answer', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a')
    const consumer = viewer(h264)
    await stream.add(consumer)
    stream.setSources([parseSourceUrl('scripted:b')])
    await settled()
    expect(consumer.reason).toBeUndefined()
    scheme.answer('scripted:b', [h264])
    await clock.advance(1_000)
    scheme.producers.at(-1)!.push(0, true, 9, 'b1')
    expect(consumer.received).toEqual(['b1'])
    await clock.advance(10_000)
    expect(scheme.producers[0]!.ended).toBe(true)
  })

  test('that one viewer chokes on ends that viewer alone', async () => {
    scheme.answer('scripted:a', [h264])
    scheme.answer('scripted:b', [h264])
    const stream = streamOf('scripted:a')
    const [choking, other] = [viewer(h264), viewer(h264)]
    await Promise.all([stream.add(choking), stream.add(other)])
    choking.attach = () => {
      throw new ScriptedError('malformed', 'unreadable parameter sets')
    }
    stream.setSources([parseSourceUrl('scripted:b')])
    await settled()
    expect(choking.reason).toEqual({ code: 'malformed', message: 'unreadable parameter sets' })
    scheme.producers[1]!.push(0, true, 1, 'b1')
    expect(other.received).toEqual(['b1'])
  })

  test('touches nobody who is fed from another source', async () => {
    scheme.answer('scripted:a', [h264])
    const stream = streamOf('scripted:a', 'scripted:b')
    const consumer = viewer(h264)
    await stream.add(consumer)
    stream.setSources(['scripted:c', 'scripted:a'].map(parseSourceUrl))
    await settled()
    expect(scheme.dials).toEqual(['scripted:a'])
    scheme.producers[0]!.push(0, true, 1, 'on')
    expect(consumer.received).toEqual(['on'])
  })
})

test('sources are tried in order, and a later one is dialed only when no earlier one serves', async () => {
  scheme.answer('scripted:a', [h265])
  scheme.answer('scripted:b', [h264, aac])
  const stream = streamOf('scripted:a', 'scripted:b')
  await stream.add(viewer(h265))
  expect(scheme.dials).toEqual(['scripted:a'])
  await stream.add(viewer(h264, aac))
  expect(scheme.dials).toEqual(['scripted:a', 'scripted:b'])
})

test('a stream that is closed ends its viewers with the reason and its sources', async () => {
  scheme.answer('scripted:a', [h264])
  const stream = streamOf('scripted:a')
  const consumer = viewer(h264)
  await stream.add(consumer)
  stream.close({ code: 'stream_removed', message: 'the stream was removed' })
  await settled()
  expect(consumer.reason).toEqual({ code: 'stream_removed', message: 'the stream was removed' })
  expect(scheme.producers[0]!.ended).toBe(true)
  expect(clock.timerCount).toBe(0)
})

test('RTP numbering of a track goes on over all sources of a stream', async () => {
  const seen: number[] = []
  scheme.answer('scripted:a', [h264])
  const original = scheme.dial.bind(scheme)
  scheme.dial = async (source, context) => {
    const continuity = context.continuity('video', 0)
    seen.push(continuity.ssrc, continuity.nextSequenceNumber)
    continuity.nextSequenceNumber = 77
    return original(source, context)
  }
  const stream = streamOf('scripted:a')
  const consumer = viewer(h264)
  await stream.add(consumer)
  consumer.close()
  await settled()
  await stream.add(viewer(h264))
  expect(seen[2]).toBe(seen[0])
  expect(seen[3]).toBe(77)
})
