import { beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '#media/runtime/logger.ts'
import { SchemeRegistry } from '#media/streams/scheme-registry.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { StreamRegistry } from '#media/streams/stream-registry.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { RecordingConsumer } from '#test/helpers/recording-consumer.ts'
import { h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'

let clock: HeldClock
let scheme: ScriptedScheme
let registry: StreamRegistry

beforeEach(() => {
  clock = new HeldClock()
  scheme = new ScriptedScheme()
  scheme.answer('scripted:a', [h264])
  registry = new StreamRegistry({
    schemes: new SchemeRegistry([scheme]),
    clock,
    logger: silentLogger,
    budget: { bytesMax: 1000, bytesUsed: 0 },
    tell: () => {},
  })
})

const set = (id: string, name: string, ...sources: string[]): void =>
  registry.set({ id, name, sources: sources.map(parseSourceUrl) })

describe('the streams', () => {
  test('a rename is not noticed by who watches, and the old name is free', async () => {
    set('1', 'porch', 'scripted:a')
    const consumer = new RecordingConsumer([h264], clock)
    await registry.need('porch').add(consumer)
    set('1', 'garden', 'scripted:a')
    scheme.producers[0]!.push(0, true, 1, 'on')
    expect(consumer.received).toEqual(['on'])
    expect(registry.byName('porch')).toBeUndefined()
    set('2', 'porch', 'scripted:b')
    expect(registry.need('porch').id).toBe('2')
    expect(registry.need('garden').id).toBe('1')
  })

  test('saying the same again changes nothing', async () => {
    set('1', 'porch', 'scripted:a')
    const stream = registry.need('porch')
    const supervisor = stream.supervisors[0]
    set('1', 'porch', 'scripted:a')
    expect(registry.need('porch')).toBe(stream)
    expect(stream.supervisors[0]).toBe(supervisor)
  })

  test('a swap of two names in two steps ends with both under their new names', () => {
    set('1', 'a', 'scripted:a')
    set('2', 'b', 'scripted:b')
    set('1', 'b', 'scripted:a')
    set('2', 'a', 'scripted:b')
    expect([registry.need('a').id, registry.need('b').id]).toEqual(['2', '1'])
  })

  test('a removal ends the viewers with the reason, and an unknown id is no matter', async () => {
    set('1', 'porch', 'scripted:a')
    const consumer = new RecordingConsumer([h264], clock)
    await registry.need('porch').add(consumer)
    registry.remove('nobody')
    registry.remove('1')
    await settled()
    expect(consumer.reason).toMatchObject({ code: 'stream_removed' })
    expect(() => registry.need('porch')).toThrow('stream not found')
    expect([...registry.all]).toEqual([])
  })

  test('names that are properties of every object are names like others', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) expect(registry.byName(name)).toBeUndefined()
    set('1', '__proto__', 'scripted:a')
    expect(registry.need('__proto__').id).toBe('1')
  })
})
