import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBoxes } from '#media/formats/mp4/box-reader.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ inline: [`{streams: {law: "file:${fixturePath('pcm_alaw.wav')}"}}`] })
  await server.request('/api/streams?name=demo&src=demo:', { method: 'PUT' })
})
afterAll(() => server[Symbol.asyncDispose]())

const ws = (query: string): string => `${server.url}/api/ws${query}`

describe('/api/ws', () => {
  test('answers mse with a type, then with initialization and fragments', async () => {
    await using viewer = await openWebSocket(ws('?src=demo'))
    viewer.send({ type: 'mse', value: 'avc1.640029,mp4a.40.2' })
    const words = await viewer.next('the type')
    expect(words).toEqual({
      text: { type: 'mse', value: expect.stringMatching(/^video\/mp4; codecs="avc1\.[0-9A-F]{6}/) },
    })
    const boxes = []
    for (let at = 0; at < 3; at++) {
      const message = await viewer.next('media')
      boxes.push('bytes' in message ? message.bytes.toString('latin1', 4, 8) : 'text')
    }
    expect(boxes).toEqual(['ftyp', 'moof', 'moof'])
  })

  test('answers mp4 with the type mse, then with each keyframe as a whole file', async () => {
    await using viewer = await openWebSocket(ws('?src=demo'))
    viewer.send({ type: 'mp4', value: 'avc1.640029,mp4a.40.2' })
    expect(await viewer.next('the type')).toEqual({
      text: { type: 'mse', value: expect.stringMatching(/^video\/mp4; codecs="avc1\.[0-9A-F]{6}"$/) },
    })
    for (const nth of ['first', 'second']) {
      const message = await viewer.next(`the ${nth} keyframe`)
      const bytes = 'bytes' in message ? message.bytes : Buffer.alloc(0)
      expect(readBoxes(bytes).map(({ type }) => type)).toEqual(['ftyp', 'moov', 'moof', 'mdat'])
    }
  })

  test('makes FLAC of samples for players that say flac', async () => {
    await using viewer = await openWebSocket(ws('?src=law'))
    viewer.send({ type: 'mse', value: 'flac' })
    expect(await viewer.next('the type')).toEqual({ text: { type: 'mse', value: 'video/mp4; codecs="flac"' } })
    expect(await viewer.next('the initialization')).toMatchObject({ bytes: expect.any(Buffer) })
  })

  test('takes the keys of a message in any order', async () => {
    await using viewer = await openWebSocket(ws('?src=demo'))
    viewer.send('{"value":"avc1.640029","type":"mse"}')
    expect(await viewer.next('the type')).toMatchObject({ text: { type: 'mse' } })
  })

  test('shows a viewer in /api/streams, and forgets it with its socket', async () => {
    type Stream = { producers: { format_name?: string; url: string }[]; consumers: { format_name: string }[] | null }
    const stream = async (): Promise<Stream> =>
      (await server.request('/api/streams?src=demo')).json() as Promise<Stream>
    {
      await using viewer = await openWebSocket(ws('?src=demo'))
      viewer.send({ type: 'mse', value: '' })
      await viewer.next('the type')
      const { producers, consumers } = await stream()
      expect(consumers?.map(consumer => consumer.format_name)).toContain('mse/fmp4')
      expect(producers[0]).toMatchObject({ url: 'demo:', format_name: expect.any(String) })
    }
    await expect.poll(async () => (await stream()).consumers).toEqual([])
  })

  test.each([
    ['an unknown stream', '?src=nobody', 'mse: stream not found'],
    ['no stream', '', 'mse: stream not found'],
    ['a URL nobody opens', '?src=foo://10.0.0.9/x', 'mse: streams: source not supported'],
    ['a program', '?src=exec:ls', 'mse: streams: source from insecure producer'],
  ])('says of %s what is wrong, with the type of the request before it', async (_name, query, value) => {
    await using viewer = await openWebSocket(ws(query))
    viewer.send({ type: 'mse', value: '' })
    expect(await viewer.next('the error')).toEqual({ text: { type: 'error', value } })
    viewer.send({ type: 'mse', value: '' })
    expect(await viewer.next('the error again: the socket stays')).toEqual({ text: { type: 'error', value } })
  })

  test('makes a stream of a source on the fly, under its own name or the one given', async () => {
    for (const query of ['?src=demo:&name=camera.entity', '?src=demo:']) {
      await using viewer = await openWebSocket(ws(query))
      viewer.send({ type: 'mse', value: '' })
      expect(await viewer.next('the type')).toMatchObject({ text: { type: 'mse' } })
    }
    const streams = (await (await server.request('/api/streams')).json()) as Record<string, unknown>
    expect(streams).toMatchObject({
      'demo:': { producers: [{ url: 'demo:' }] },
      'camera.entity': { producers: [{ url: 'demo:' }] },
    })
  })

  test('never changes a stream of the configuration on the fly', async () => {
    await using viewer = await openWebSocket(ws('?src=rtsp://127.0.0.1:1/other&name=demo'))
    viewer.send({ type: 'mse', value: '' })
    expect(await viewer.next('the type')).toMatchObject({ text: { type: 'mse' } })
    const streams = (await (await server.request('/api/streams')).json()) as Record<string, unknown>
    expect(streams['demo']).toMatchObject({ producers: [{ url: 'demo:' }] })
  })

  test('says why a camera does not answer, without its password', async () => {
    await server.request('/api/streams?name=dead&src=rtsp://u:canary5@127.0.0.1:1/x', { method: 'PUT' })
    await using viewer = await openWebSocket(ws('?src=dead'))
    viewer.send({ type: 'mse', value: '' })
    const message = await viewer.next('the error')
    expect(message).toMatchObject({ text: { type: 'error', value: expect.stringMatching(/^mse: streams: .+/) } })
    expect(JSON.stringify(message)).not.toContain('canary5')
  })

  test('ignores types it does not know', async () => {
    await using viewer = await openWebSocket(ws('?src=nobody'))
    for (const type of ['ping', 'constructor', '__proto__', '']) viewer.send({ type })
    viewer.send('[]')
    viewer.send({ type: 'mse' })
    expect(await viewer.next('the answer to the last')).toMatchObject({ text: { type: 'error' } })
  })

  test.each([
    ['no JSON', 'hello'],
    ['half of it', '{"type":'],
    ['a number', '1'],
  ])('closes on %s', async (_name, text) => {
    await using viewer = await openWebSocket(ws('?src=demo'))
    viewer.send(text)
    expect(await viewer.closed).toBe(1007)
  })

  test('closes on a message beyond 256 KiB, and only that socket', async () => {
    await using viewer = await openWebSocket(ws('?src=demo'))
    await using other = await openWebSocket(ws('?src=nobody'))
    viewer.send('x'.repeat(300 * 1024))
    expect(await viewer.closed).toBe(1009)
    other.send({ type: 'mse' })
    expect(await other.next('an answer')).toMatchObject({ text: { type: 'error' } })
  })

  test('ends a viewer whose stream is removed', async () => {
    await server.request('/api/streams?name=brief&src=demo:', { method: 'PUT' })
    await using viewer = await openWebSocket(ws('?src=brief'))
    viewer.send({ type: 'mse', value: '' })
    await viewer.next('the type')
    const { removeStream } = await server.graphql<{ removeStream: { viewersEnded: number } }>(
      'mutation{removeStream(name:"brief"){viewersEnded}}',
    )
    expect(removeStream.viewersEnded).toBe(1)
    expect(await viewer.closed).toBeTypeOf('number')
  })
})

describe('who may open it', () => {
  test.each([
    ['a page of our own', {}, true],
    ['a page of this host on another port', { origin: 'http://localhost:8123' }, true],
    ['a page of another site', { origin: 'https://evil.example' }, false],
    ['a page under a name pointed here', { host: 'evil.example', origin: 'http://evil.example' }, false],
  ] as const)('%s', async (_name, headers, opens) => {
    const opening = openWebSocket(ws('?src=demo'), headers)
    if (!opens) return expect(opening).rejects.toThrow(/403|421/)
    await using viewer = await opening
    expect(viewer.socket.readyState).toBe(1)
  })

  test('no other path is a WebSocket', async () => {
    await expect(openWebSocket(`${server.url}/api/streams`)).rejects.toThrow('404')
  })
})
