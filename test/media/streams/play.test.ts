import { beforeEach, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import type { Talk } from '#media/core/producer.ts'
import type { AnyTrack } from '#media/core/track.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { playInto } from '#media/streams/play.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { Stream } from '#media/streams/stream.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { streamOptions } from '#test/helpers/stream-options.ts'

const pcma: Codec = { kind: 'audio', name: 'PCMA', clockRate: 8000, channels: 1, formatParameters: '' }
let clock: HeldClock
let scheme: ScriptedScheme
let heard: string[]
let stream: Stream

beforeEach(() => {
  clock = new HeldClock()
  scheme = new ScriptedScheme()
  heard = []
  const options = streamOptions(clock, [scheme])
  stream = new Stream(
    { id: '1', name: 'door', sources: ['scripted:dumb', 'scripted:door'].map(parseSourceUrl) },
    options,
  )
  scheme.answer('scripted:dumb', [h264])
  scheme.answer('scripted:door', [h264])
  scheme.answer('scripted:bell', [pcma])
  scheme.listening('scripted:door', pcma, listen)
})

/** What a door with a speaker does with what is said to it. */
const listen = (track: AnyTrack): Talk => {
  const outlet = { id: 7, push: (unit: { readonly sizeBytes: number }) => heard.push(`${unit.sizeBytes}`) }
  track.attach(outlet as never)
  return {
    ...{ id: 7, codec: track.codec, parentId: track.id, sentCount: 0, sentBytes: 0, droppedCount: 0 },
    [Symbol.dispose]: () => track.detach(outlet as never),
  }
}

const play = () =>
  playInto(stream, {
    ...{ source: parseSourceUrl('scripted:bell'), clock, logger: silentLogger },
    schemes: streamOptions(clock, [scheme]).schemes,
  })

test('is heard by the first source that listens, until it ends', async () => {
  const playing = await play()
  const bell = scheme.producers[0]!
  expect(scheme.dials).toEqual(['scripted:bell', 'scripted:dumb', 'scripted:door'])
  expect(bell.startCount).toBe(1)
  bell.push(0, true, 1, 'ding')
  bell.push(0, true, 2, 'dong!')
  expect(heard).toEqual(['4', '5'])
  bell.close()
  await clock.advance(1000)
  expect(stream.consumers).toEqual([])
  expect((await playing.closed).code).toBe('done')
  await settled()
  expect(scheme.producers.every(producer => producer.ended)).toBe(true)
  expect(clock.timerCount).toBe(0)
})

test('where nobody listens, go2rtc’s sentence says so, and nothing stays open', async () => {
  stream.setSources([parseSourceUrl('scripted:dumb')])
  await expect(play()).rejects.toMatchObject({ code: 'nobody_listens', message: "can't find consumer" })
  await settled()
  expect(scheme.producers.every(producer => producer.ended)).toBe(true)
})

test('what has no sound cannot be played', async () => {
  scheme.answer('scripted:bell', [h264])
  await expect(play()).rejects.toMatchObject({ code: 'nobody_listens' })
})
