import { beforeEach, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import type { Media } from '#media/core/media.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { negotiate } from '#media/streams/negotiate.ts'
import { ProducerSupervisor } from '#media/streams/producer-supervisor.ts'
import { SchemeRegistry } from '#media/streams/scheme-registry.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import type { StreamSource } from '#media/streams/stream-source.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { aac, h264, h265, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { instantPacer } from '#test/helpers/stream-options.ts'

let scheme: ScriptedScheme
let clock: HeldClock

beforeEach(() => {
  scheme = new ScriptedScheme()
  clock = new HeldClock()
})

const supervise = (source: string): ProducerSupervisor =>
  new ProducerSupervisor({
    source: parseSourceUrl(source),
    schemes: new SchemeRegistry([scheme]),
    clock,
    logger: silentLogger,
    budget: { bytesMax: 1e6, bytesUsed: 0 },
    continuity: () => ({ ssrc: 0, nextSequenceNumber: 0 }),
    note: () => {},
    pacer: instantPacer(clock),
    wanted: () => false,
    changed: () => {},
    ended: () => {},
    revived: () => {},
    gaveUp: () => {},
  })
const want = (codec: Codec): Media => ({ kind: codec.kind, direction: 'sendonly', codecs: [codec], id: codec.name })

test('a failing source is passed over and named in the record', async () => {
  scheme.answer('scripted:b', [h264, aac])
  const sources = [supervise('scripted:a'), supervise('scripted:b')]
  const { served, record, cause } = await negotiate({}, [want(h264), want(aac)], sources)
  expect(cause).toBeUndefined()
  expect(served.map(one => [one.source === sources[1], one.codec.name])).toEqual([
    [true, 'H264'],
    [true, 'MPEG4-GENERIC'],
  ])
  expect(record.offers.map(offer => offer.state)).toEqual(['failed', 'offered'])
  expect(record.offers[0]!.cause!.code).toBe('connection_refused')
})

test('a source that is lost while another is being dialed does not serve', async () => {
  scheme.answer('scripted:a', [h264])
  const sources: readonly StreamSource[] = [supervise('scripted:a'), supervise('scripted:b')]
  const dial = scheme.dial.bind(scheme)
  scheme.dial = async (source, context) => {
    if (source === 'scripted:b') {
      scheme.producers[0]!.close({ code: 'silent', message: 'silent' })
      scheme.answer('scripted:b', [h264, aac])
    }
    return dial(source, context)
  }
  const { served } = await negotiate({}, [want(h264), want(aac)], sources)
  expect(served.map(one => sources.indexOf(one.source))).toEqual([1, 1])
})

test('nothing in common is told with both sides', async () => {
  scheme.answer('scripted:a', [h265])
  const { served, cause } = await negotiate({}, [want(h264)], [supervise('scripted:a')])
  expect(served).toEqual([])
  expect(cause).toEqual({ code: 'codec_mismatch', message: 'codecs not matched: video:H265 => video:H264' })
})
