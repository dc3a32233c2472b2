import { describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { connectionInfo } from '#media/core/connection-info.ts'
import type { ContainerUnit } from '#media/formats/demuxer.ts'
import { ContainerProducer } from '#media/ingest/container-producer.ts'
import { ticks } from '#media/runtime/units.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const codecs: readonly Codec[] = [
  { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' },
  { kind: 'audio', name: 'PCMA', clockRate: 8000, channels: 1, formatParameters: '' },
]

const setUp = ({ paced = false, flowing = true } = {}) => {
  const clock = new HeldClock()
  const asked: string[] = []
  const flow = { pause: () => void asked.push('pause'), resume: () => void asked.push('resume') }
  const producer = new ContainerProducer({
    codecs,
    info: connectionInfo({ formatName: 'test' }),
    clock,
    budget: { bytesMax: 1e9, bytesUsed: 0 },
    continuity: (kind, index) => ({ ssrc: kind === 'video' ? 100 + index : 200 + index, nextSequenceNumber: 7 }),
    paced,
    ...(flowing && { flow }),
  })
  const got: AccessUnit[][] = [[], []]
  for (const [index, media] of producer.medias.entries())
    producer.track(media)!.attach({ id: index, push: unit => got[index]!.push(unit) })
  return { clock, producer, got, asked }
}

const unit = (track: number, seconds: number | undefined, part = Buffer.of(1)): ContainerUnit => ({
  track,
  keyframe: true,
  decodingTime: seconds === undefined ? undefined : ticks(seconds * codecs[track]!.clockRate),
  compositionOffset: 0,
  framing: track === 0 ? 'nal' : 'frame',
  parts: [part],
  configuration: [],
})

const secondsOf = (units: readonly AccessUnit[], rate: number): readonly number[] =>
  units.map(({ decodingTime }) => decodingTime / rate)

describe('a container’s producer', () => {
  test('offers each track once', () => {
    const { producer } = setUp()
    expect(
      producer.medias.map(({ kind, direction, codecs: [codec], id }) => [kind, direction, codec?.name, id]),
    ).toEqual([
      ['video', 'recvonly', 'H264', '0'],
      ['audio', 'recvonly', 'PCMA', '1'],
    ])
    expect(producer.track({ ...producer.medias[0]! })).toBeUndefined()
    expect(producer.medias.map(media => producer.track(media)?.sequence?.ssrc)).toEqual([100, 200])
  })

  test('holds units back until it is started, and lets their owner wait', async () => {
    const { producer, got, asked } = setUp()
    producer.unit(unit(0, 5))
    producer.unit(unit(1, 5))
    expect([got, asked]).toEqual([[[], []], ['pause']])
    await producer.start()
    expect(asked).toEqual(['pause', 'resume'])
    producer.unit(unit(0, 5.04))
    expect(secondsOf(got[0]!, 90_000)).toEqual([1, 1.04])
    expect(secondsOf(got[1]!, 8000)).toEqual([1])
  })

  test('holds at most 16 MiB, and then begins anew', async () => {
    const { producer, got } = setUp({ flowing: false })
    for (let i = 0; i < 20; i++) producer.unit(unit(0, i * 0.04, Buffer.alloc(1024 * 1024)))
    await producer.start()
    expect(got[0]).toHaveLength(3)
  })

  test('does not let sound pin the memory that it came in', async () => {
    const { producer, got } = setUp()
    await producer.start()
    const chunk = Buffer.alloc(65_536, 7)
    producer.unit(unit(1, 0, chunk.subarray(100, 260)))
    producer.unit(unit(0, 0, chunk.subarray(100, 260)))
    expect(got[1]![0]!.parts[0]).toEqual(Buffer.alloc(160, 7))
    expect(got[1]![0]!.parts[0]!.buffer.byteLength).toBe(160)
    expect(got[0]![0]!.parts[0]!.buffer).toBe(chunk.buffer)
  })

  test('that is paced gives each unit at its time', async () => {
    const { producer, got, clock } = setUp({ paced: true })
    for (const seconds of [0, 0.5, 1]) producer.unit(unit(0, seconds))
    await clock.advance(5000)
    expect(got[0]).toEqual([])
    await producer.start()
    expect(secondsOf(got[0]!, 90_000)).toEqual([6])
    await clock.advance(499)
    expect(got[0]).toHaveLength(1)
    await clock.advance(501)
    expect(secondsOf(got[0]!, 90_000)).toEqual([6, 6.5, 7])
    expect(got[0]![1]!.arrivedAt).toBe(6500)
  })

  test('that is paced lets its owner wait while enough units do', async () => {
    const { producer, clock, asked } = setUp({ paced: true })
    await producer.start()
    for (let i = 0; i <= 128; i++) producer.unit(unit(0, i * 0.04))
    expect(asked).toEqual(['pause', 'resume', 'pause'])
    await clock.advance(64 * 40)
    expect(asked).toHaveLength(3)
    await clock.advance(80)
    expect(asked.at(-1)).toBe('resume')
    producer.close()
    expect(clock.timerCount).toBe(0)
  })

  test('that is paced gives 25 pictures a second where there are no times', async () => {
    const { producer, clock, got } = setUp({ paced: true })
    await producer.start()
    for (let i = 0; i < 30; i++) producer.unit(unit(0, undefined))
    await clock.advance(1000)
    expect(got[0]).toHaveLength(26)
  })

  test('ends when what was waiting has been played', async () => {
    const { producer, clock, got } = setUp({ paced: true })
    for (const seconds of [0, 1]) producer.unit(unit(0, seconds))
    const reason = { code: 'ended', message: 'the file has ended' }
    producer.finish(reason)
    await producer.start()
    await clock.advance(999)
    expect([producer.ended, got[0]!.length]).toEqual([false, 1])
    await clock.advance(1)
    expect([producer.ended, got[0]!.length]).toEqual([true, 2])
    await expect(producer.closed).resolves.toEqual(reason)
  })

  test.each([false, true])('ends by a mistake behind its track, and throws at nobody (paced: %s)', async paced => {
    const { clock, producer } = setUp({ paced })
    producer.track(producer.medias[0]!)!.attach({
      id: 9,
      push() {
        throw new TypeError('somebody who watches is broken')
      },
    })
    await producer.start()
    producer.unit(unit(0, 5))
    producer.unit(unit(0, 6))
    await clock.advance(2000)
    expect(await producer.closed).toMatchObject({ message: 'somebody who watches is broken' })
    expect(clock.timerCount).toBe(0)
  })

  test('gives nothing once it is closed', async () => {
    const { producer, got, clock } = setUp({ paced: true })
    await producer.start()
    producer.unit(unit(0, 0))
    producer.unit(unit(0, 1))
    producer.close()
    producer.unit(unit(0, 2))
    await clock.advance(3000)
    expect([got[0]!.length, clock.timerCount]).toEqual([1, 0])
  })
})
