import { beforeEach, expect, test } from 'vitest'
import { snapshotStream } from '#media/streams/snapshot-stream.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { Stream } from '#media/streams/stream.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { RecordingConsumer } from '#test/helpers/recording-consumer.ts'
import { h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { streamOptions } from '#test/helpers/stream-options.ts'

let scheme: ScriptedScheme
let clock: HeldClock
let stream: Stream

beforeEach(() => {
  scheme = new ScriptedScheme()
  clock = new HeldClock()
  stream = new Stream(
    { id: 'id', name: 'porch', sources: [parseSourceUrl('scripted:a'), parseSourceUrl('scripted:b')] },
    streamOptions(clock, [scheme]),
  )
})

test('a stream that nobody has watched is idle, with its sources as written', () => {
  expect(snapshotStream(stream, clock)).toEqual({
    id: 'id',
    name: 'porch',
    state: 'idle',
    sources: [
      { url: 'scripted:a', published: false, state: 'idle', tracks: [], receivers: [], senders: [] },
      { url: 'scripted:b', published: false, state: 'idle', tracks: [], receivers: [], senders: [] },
    ],
    consumers: [],
    everWatched: false,
  })
})

test('a watched stream tells who gets what from where', async () => {
  scheme.answer('scripted:a', [h264])
  const consumer = new RecordingConsumer([h264], clock)
  await stream.add(consumer)
  scheme.producers[0]!.push(0, true, 1, 'four')
  const snapshot = snapshotStream(stream, clock)
  const [source] = snapshot.sources
  const receiver = source!.receivers[0]!
  expect(snapshot.state).toBe('live')
  expect(source!.connection).toMatchObject({
    formatName: 'scripted',
    medias: ['video, recvonly, H264'],
    bytesReceived: 4,
  })
  expect(receiver).toMatchObject({ bytes: 4, packets: 1, codec: { codec_name: 'h264', codec_type: 'video' } })
  expect(snapshot.consumers[0]!.senders).toMatchObject([{ parent: receiver.id, bytes: 4, packets: 1, drops: 0 }])
  expect(receiver.childs).toEqual([snapshot.consumers[0]!.senders[0]!.id])
})

test('a source that is being dialed is connecting, and one that is being dialed again reconnecting', async () => {
  const answer = Promise.withResolvers<readonly (typeof h264)[]>()
  scheme.answer('scripted:a', answer.promise)
  const added = stream.add(new RecordingConsumer([h264], clock))
  await settled()
  expect(snapshotStream(stream, clock).state).toBe('connecting')
  answer.resolve([h264])
  await added
  scheme.answer('scripted:a', new Promise(() => {}))
  await clock.advance(6_000)
  scheme.producers[0]!.close({ code: 'silent', message: 'silent' })
  await clock.advance(0)
  expect(snapshotStream(stream, clock)).toMatchObject({ state: 'reconnecting' })
  expect(snapshotStream(stream, clock).sources[0]!.tracks.map(track => track.codec)).toEqual(['H264'])
})
