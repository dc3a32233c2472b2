import { beforeEach, expect, test } from 'vitest'
import { silentLogger } from '#media/runtime/logger.ts'
import { type ProbeOptions, probeSource } from '#media/streams/probe-source.ts'
import { SchemeRegistry } from '#media/streams/scheme-registry.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { aac, h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'

let scheme: ScriptedScheme
let clock: HeldClock

beforeEach(() => {
  scheme = new ScriptedScheme()
  clock = new HeldClock()
})

const probe = (extra: Partial<ProbeOptions> = {}) =>
  probeSource({
    source: parseSourceUrl('scripted:a'),
    signal: new AbortController().signal,
    schemes: new SchemeRegistry([scheme]),
    clock,
    logger: silentLogger,
    ...extra,
  })

test('a source that answers is described and let go', async () => {
  scheme.answer('scripted:a', [h264, aac])
  const result = await probe()
  expect(result.tracks.map(track => [track.kind, track.codec])).toEqual([
    ['video', 'H264'],
    ['audio', 'MPEG4-GENERIC'],
  ])
  expect(result.problem).toBeUndefined()
  expect(scheme.producers[0]!.ended).toBe(true)
  expect(clock.timerCount).toBe(0)
})

test('a source that refuses is a problem in words, not a rejection', async () => {
  expect(await probe()).toMatchObject({ tracks: [], problem: { code: 'connection_refused' } })
})

test('a source that never answers is given up after ten seconds', async () => {
  const signals: AbortSignal[] = []
  scheme.dial = (_source, context) => {
    signals.push(context.signal)
    return new Promise((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason))
    })
  }
  const probed = probe()
  await settled()
  await clock.advance(10_000)
  expect(await probed).toMatchObject({ tracks: [], tookMs: 10_000, problem: { code: 'timed_out' } })
  expect(signals[0]!.aborted).toBe(true)
})
