import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEngine, type Engine, type EngineFact, type MessageSink, mseViewer } from '#media'
import { parseSourceUrl } from '#media/streams/source-url.ts'

const demoClip = new URL('../../src/media/protocols/demo/clip.mp4', import.meta.url).pathname

/** A sink that remembers, and lets a test wait for a number of messages. */
class Messages implements MessageSink {
  readonly pendingBytes = 0
  readonly told: string[] = []
  readonly binary: Buffer[] = []
  readonly #arrived = new EventTarget()

  tell(type: string, value: string): void {
    this.told.push(`${type} ${value}`)
  }

  write(head: Buffer, body?: Buffer): void {
    this.binary.push(body === undefined ? head : Buffer.concat([head, body]))
    this.#arrived.dispatchEvent(new Event('message'))
  }

  end(): void {}

  async until(count: number): Promise<void> {
    while (this.binary.length < count) await once(this.#arrived, 'message', { signal: AbortSignal.timeout(10_000) })
  }
}

let engine: Engine
let facts: EngineFact[]

beforeEach(() => {
  engine = createEngine({ rtsp: { listen: '127.0.0.1:0' }, demoClip })
  facts = []
  engine.onFact(fact => facts.push(fact))
})
afterEach(() => engine[Symbol.asyncDispose]())

const watch = async (name: string, codecs = ''): Promise<Messages> => {
  const sink = new Messages()
  await engine.watch(name, mseViewer({ codecs, remoteAddress: '127.0.0.1:1', userAgent: 'test', sink }))
  return sink
}

describe('the engine', () => {
  test('plays a stream to a viewer with nothing but a definition', async () => {
    engine.setStream({ id: '1', name: 'demo', sources: [parseSourceUrl('demo:')] })
    const sink = await watch('demo')
    await sink.until(20)
    expect(sink.told).toEqual([expect.stringMatching(/^mse video\/mp4; codecs="avc1\.[0-9A-F]{6},mp4a\.40\.2"$/)])
    expect(sink.binary[0]!.toString('latin1', 4, 8)).toBe('ftyp')
    expect(sink.binary[1]!.toString('latin1', 4, 8)).toBe('moof')
    expect(engine.activity('1')?.receivedBytes).toBeGreaterThan(0)
    expect(engine.streamByName('demo')).toMatchObject({ state: 'live', consumers: [{}] })
    expect(facts.map(fact => fact.type)).toContain('ConsumerJoined')
  })

  test('shows a second viewer a keyframe at once', async () => {
    engine.setStream({ id: '1', name: 'demo', sources: [parseSourceUrl('demo:')] })
    const first = await watch('demo')
    await first.until(30)
    const second = await watch('demo')
    expect(second.binary.length).toBeGreaterThan(1)
  })

  test('restreams by RTSP, and tells where it listens', async () => {
    const [listener] = await engine.listen()
    expect(listener).toMatchObject({ name: 'rtsp', address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) })
  })

  test('says that a port is taken instead of failing', async () => {
    const [listener] = await engine.listen()
    await using other = createEngine({ rtsp: { listen: listener!.address } })
    const [taken] = await other.listen()
    expect(taken).toMatchObject({ address: '', problem: { code: 'port_in_use' } })
    expect(taken!.problem!.message).toContain(listener!.address.split(':')[1]!)
  })

  test('refuses what it cannot play with the words of the contract', async () => {
    engine.setStream({ id: '1', name: 'demo', sources: [parseSourceUrl('demo:')] })
    await expect(watch('nobody')).rejects.toThrow('stream not found')
    await expect(watch('demo', 'hvc1.1.6.L153.B0')).rejects.toThrow(
      'codecs not matched: video:H264, audio:AAC => video:H265',
    )
    expect(engine.streamByName('demo')).toMatchObject({ state: 'failed', cause: { code: 'codec_mismatch' } })
  })

  test('probes a source without keeping it', async () => {
    const result = await engine.probe(engine.checkSource('demo:'), new AbortController().signal)
    expect(result.problem).toBeUndefined()
    expect(result.tracks.map(track => track.kind)).toEqual(['video', 'audio'])
    expect(engine.streams()).toEqual([])
  })

  test('ends its viewers when it ends', async () => {
    engine.setStream({ id: '1', name: 'demo', sources: [parseSourceUrl('demo:')] })
    const consumer = await engine.watch(
      'demo',
      mseViewer({
        codecs: '',
        remoteAddress: '',
        userAgent: '',
        sink: new Messages(),
      }),
    )
    await engine[Symbol.asyncDispose]()
    expect(await consumer.closed).toMatchObject({ code: 'shutdown' })
  })
})
