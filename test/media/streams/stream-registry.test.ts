import { beforeEach, describe, expect, test } from 'vitest'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { StreamRegistry } from '#media/streams/stream-registry.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { RecordingConsumer } from '#test/helpers/recording-consumer.ts'
import { h264, ScriptedProducer, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { streamOptions } from '#test/helpers/stream-options.ts'

let clock: HeldClock
let scheme: ScriptedScheme
let registry: StreamRegistry

beforeEach(() => {
  clock = new HeldClock()
  scheme = new ScriptedScheme()
  scheme.answer('scripted:a', [h264])
  registry = new StreamRegistry(streamOptions(clock, [scheme]))
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
    const supervisor = stream.sources[0]
    set('1', 'porch', 'scripted:a')
    expect(registry.need('porch')).toBe(stream)
    expect(stream.sources[0]).toBe(supervisor)
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

describe('what a viewer asks for', () => {
  test('is found by its name, or by the path of an RTSP address of any host', () => {
    set('1', 'front door', 'scripted:a')
    expect(registry.find('front door')?.id).toBe('1')
    expect(registry.find('rtsp://anyhost:1/front%20door?video')?.id).toBe('1')
    expect(registry.find('rtsp://anyhost:1/back')).toBeUndefined()
  })

  test('is made on the fly when it is a source, and never changes what is configured', async () => {
    set('1', 'porch', 'scripted:a')
    const source = parseSourceUrl('scripted:b')
    expect(registry.borrow(source, 'porch').id).toBe('1')
    const made = registry.borrow(source, 'cam')
    expect(registry.byName('cam')).toBe(made)
    expect(registry.byId(made.id)).toBe(made)
    expect(made.sources.map(({ url }) => url)).toEqual(['scripted:b'])
    expect(registry.borrow(parseSourceUrl('scripted:a'), 'cam')).toBe(made)
    expect(made.sources.map(({ url }) => url)).toEqual(['scripted:a'])
    expect(registry.all).toHaveLength(2)
  })

  test('fills a template in, in a stream of its own', async () => {
    set('1', 'any', 'scripted:{input}#x')
    const made = registry.borrow(parseSourceUrl('scripted:b'), 'any')
    expect(made.sources.map(({ url }) => url)).toEqual(['scripted:scripted:b#x'])
    await expect(registry.need('any').add(new RecordingConsumer([h264], clock))).rejects.toThrow('template')
  })
})

describe('somebody who publishes', () => {
  const producerAt = (path: string): ScriptedProducer | undefined => {
    const place = registry.placeFor(path)
    const producer = place && new ScriptedProducer([h264], place.context)
    if (producer !== undefined) place!.take(producer)
    return producer
  }

  test('publishes to a stream that is there, and to no other', () => {
    set('1', 'porch')
    expect(producerAt('porch')).toBeDefined()
    expect(registry.need('porch').sources).toMatchObject([{ published: true, state: 'live' }])
    expect(producerAt('garden')).toBeUndefined()
  })

  test('goes to whoever waits for that path before any stream of that name', async () => {
    const options = streamOptions(clock, [scheme])
    registry = new StreamRegistry(options)
    set('1', 'porch')
    const expected = options.publications.expect('porch', dialContext())
    const place = registry.placeFor('porch')!
    const producer = producerAt('porch')
    expect(await expected).toBe(producer)
    expect(registry.need('porch').sources).toEqual([])
    const late = new ScriptedProducer([h264], dialContext())
    place.take(late)
    expect(late.ended).toBe(true)
  })
})

describe('another name', () => {
  test('finds the stream, follows its renaming, and gives way to a stream that is called so', () => {
    set('1', 'porch', 'scripted:a')
    registry.setAlias('front', 'porch')
    expect(registry.need('front').id).toBe('1')
    set('1', 'garden', 'scripted:a')
    expect(registry.need('front').id).toBe('1')
    set('2', 'front', 'scripted:b')
    expect(registry.need('front').id).toBe('2')
    expect(() => registry.setAlias('x', 'nobody')).toThrow('stream not found')
  })
})
