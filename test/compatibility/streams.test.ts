import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const url = (params: readonly (readonly [string, string])[]): string =>
  `/api/streams?${new URLSearchParams(params.map(([key, value]) => [key, value]))}`
const put = (name: string, ...sources: string[]): Promise<Response> =>
  server.request(url([['name', name], ...sources.map(source => ['src', source] as const)]), { method: 'PUT' })
type Probed = { producers: unknown[]; consumers: unknown[] }
type Streams = Record<string, { producers: { url: string }[] | null; consumers: unknown[] | null }>
const list = async (): Promise<Streams> => (await server.request('/api/streams')).json() as Promise<Streams>
const sources = async (name: string): Promise<readonly string[] | undefined> =>
  (await list())[name]?.producers?.map(producer => producer.url)
const answer = async (response: Promise<Response>): Promise<readonly [number, string]> => {
  const { status } = await response
  return [status, await (await response).text()]
}

describe('GET /api/streams', () => {
  test('is {} while there are none', async () => {
    await using empty = await startTestServer()
    const response = await empty.request('/api/streams')
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.text()).toBe('{}\n')
  })

  test('has producers with their url and null for consumers that never were', async () => {
    await put('idle', 'rtsp://10.0.0.9/x')
    expect((await list())['idle']).toEqual({ producers: [{ url: 'rtsp://10.0.0.9/x' }], consumers: null })
  })

  test('is sorted by name and compact', async () => {
    await put('zz', 'rtsp://10.0.0.9/z')
    await put('Aa', 'rtsp://10.0.0.9/a')
    const text = await (await server.request('/api/streams')).text()
    expect(text.indexOf('"Aa"')).toBeLessThan(text.indexOf('"zz"'))
    expect(text).not.toContain('\n ')
  })

  test('with src is one stream, laid out for people', async () => {
    await put('one', 'rtsp://10.0.0.9/x?a=1&b=2')
    expect(await answer(server.request('/api/streams?src=one'))).toEqual([
      200,
      '{\n  "producers": [\n    {\n      "url": "rtsp://10.0.0.9/x?a=1\\u0026b=2"\n    }\n  ],\n  "consumers": null\n}\n',
    ])
  })

  test('with src and probe parameters has the sources dialed, and shows what they offer', async () => {
    await put('probed', 'demo:')
    const response = await server.request('/api/streams?src=probed&video=all&audio=all&microphone')
    const { producers, consumers } = (await response.json()) as Probed
    expect(producers).toMatchObject([
      { url: 'demo:', medias: ['video, recvonly, H264', expect.stringMatching(/^audio, recvonly, MPEG4-GENERIC/)] },
    ])
    expect(consumers).toMatchObject([
      { format_name: 'probe', medias: ['video, sendonly, ALL', 'audio, sendonly, ALL', 'audio, recvonly, ANY'] },
    ])
    await expect.poll(async () => (await list())['probed']?.consumers).toEqual([])
  })

  test('with probe parameters says what the source said when it cannot be dialed', async () => {
    await put('unreachable', 'rtsp://127.0.0.1:1/x')
    const [status, text] = await answer(server.request('/api/streams?src=unreachable&video=all'))
    expect([status, text.startsWith('streams: ')]).toEqual([500, true])
  })

  test('of an unknown stream is 404 with an empty text', async () => {
    expect(await answer(server.request('/api/streams?src=nobody'))).toEqual([404, '\n'])
  })
})

describe('PUT /api/streams', () => {
  test('keeps every source verbatim, credentials, query and fragment included', async () => {
    const given = ['rtsp://u:p%40@10.0.0.9/x?q=1', 'ffmpeg:ha#audio=opus#query=log_level=debug']
    expect(await answer(put('ha', ...given))).toEqual([200, ''])
    expect(await sources('ha')).toEqual(given)
  })

  test('takes its name from the first source where none is given', async () => {
    await server.request(url([['src', 'rtsp://10.0.0.9/nameless']]), { method: 'PUT' })
    expect(await sources('rtsp://10.0.0.9/nameless')).toEqual(['rtsp://10.0.0.9/nameless'])
  })

  test('of what is so already changes nothing', async () => {
    await put('same', 'rtsp://10.0.0.9/x')
    const before = await server.graphql<{ system: { position: number } }>('{system{position}}')
    expect((await put('same', 'rtsp://10.0.0.9/x')).status).toBe(200)
    expect(await server.graphql('{system{position}}')).toEqual(before)
  })

  test('replaces the sources of a stream that is there', async () => {
    await put('moved', 'rtsp://10.0.0.9/x')
    await put('moved', 'rtsp://10.0.0.9/y', 'rtsp://10.0.0.9/z')
    expect(await sources('moved')).toEqual(['rtsp://10.0.0.9/y', 'rtsp://10.0.0.9/z'])
  })

  test('without src lists the streams, as every method but POST does', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect(await (await server.request('/api/streams', { method })).json()).toEqual(await list())
  })

  test.each([
    ['an unknown scheme', 'foo://10.0.0.9', 'streams: source not supported'],
    ['no scheme', 'camera', 'streams: source not supported'],
    ['a device of this machine', 'ffmpeg:device?video=0', 'streams: source from insecure producer'],
    ['arguments for ffmpeg', 'ffmpeg:rtsp://10.0.0.9/x#raw=-vf hflip', 'streams: source from insecure producer'],
    ['a program', 'exec:rm -rf /', 'streams: source from insecure producer'],
    ['another program', 'echo:script', 'streams: source from insecure producer'],
    ['an expression', 'expr:1', 'streams: source from insecure producer'],
    ['a program in capitals', 'EXEC:ls', 'streams: source from insecure producer'],
    ['spaces', 'rtsp://10.0.0.9/a b', 'streams: source with spaces may be insecure'],
    ['a tab', 'rtsp://10.0.0.9/a\tb', 'streams: source with spaces may be insecure'],
    ['a no-break space', 'rtsp://10.0.0.9/a\u00a0b', 'streams: source with spaces may be insecure'],
    ['a line separator', 'rtsp://10.0.0.9/a\u2028b', 'streams: source with spaces may be insecure'],
  ])('refuses %s in go2rtc’s words', async (_name, source, sentence) => {
    expect(await answer(put('refused', source))).toEqual([400, `${sentence}\n`])
    expect(await sources('refused')).toBeUndefined()
  })

  test.each([
    '../../etc/x',
    'a/b',
    '__proto__',
    'constructor',
    '<img onerror=alert(1)>',
    'camera.front door',
    'test_cam%231',
    'test_cam%E2%82%AC1',
    '101',
    'ünïcode €',
  ])('takes the name %s and finds it again', async name => {
    expect((await put(name, 'rtsp://10.0.0.9/n')).status).toBe(200)
    const text = await (await server.request('/api/streams')).text()
    const found = new Map(Object.entries(JSON.parse(text, (_key, value) => value) as Streams))
    expect(found.get(name) ?? text).toBeDefined()
    expect((await server.request(url([['src', name]]))).status).toBe(200)
    expect((await server.request(url([['src', name]]), { method: 'DELETE' })).status).toBe(200)
    expect((await server.request(url([['src', name]]))).status).toBe(404)
  })

  test.each([
    ['a line break', 'a\nb'],
    ['a NUL', 'a\0b'],
    ['sixty-four thousand letters', 'x'.repeat(64_000)],
  ])('refuses a name with %s', async (_name, name) => {
    expect((await put(name, 'rtsp://10.0.0.9/n')).status).toBe(400)
  })
})

describe('DELETE /api/streams', () => {
  test('removes a stream', async () => {
    await put('gone', 'rtsp://10.0.0.9/x')
    expect(await answer(server.request('/api/streams?src=gone', { method: 'DELETE' }))).toEqual([200, ''])
    expect(await sources('gone')).toBeUndefined()
  })

  test('of what is not there is no error', async () => {
    expect((await server.request('/api/streams?src=never', { method: 'DELETE' })).status).toBe(200)
  })
})

describe('PATCH /api/streams', () => {
  const patch = (params: readonly (readonly [string, string])[]): Promise<Response> =>
    server.request(url(params), { method: 'PATCH' })

  test('needs a name', async () => {
    expect(await answer(patch([['src', 'rtsp://10.0.0.9/x']]))).toEqual([400, '\n'])
  })

  test('makes a stream that is not there', async () => {
    expect(
      (
        await patch([
          ['name', 'patched'],
          ['src', 'rtsp://10.0.0.9/x'],
        ])
      ).status,
    ).toBe(200)
    expect(await sources('patched')).toEqual(['rtsp://10.0.0.9/x'])
  })

  test('replaces the sources of one that is', async () => {
    await put('two', 'rtsp://10.0.0.9/1', 'rtsp://10.0.0.9/2')
    await patch([
      ['name', 'two'],
      ['src', 'rtsp://10.0.0.9/3'],
    ])
    expect(await sources('two')).toEqual(['rtsp://10.0.0.9/3'])
  })

  test('fills a template in', async () => {
    await put('template', 'rtsp://10.0.0.9/{input}')
    await patch([
      ['name', 'template'],
      ['src', 'rtsp://$&'],
    ])
    expect(await sources('template')).toEqual(['rtsp://10.0.0.9/rtsp://$&'])
  })

  test('of a stream with itself changes nothing', async () => {
    await put('self', 'rtsp://10.0.0.9/x')
    const response = await patch([
      ['name', 'self'],
      ['src', 'rtsp://127.0.0.1:8554/self'],
    ])
    expect(response.status).toBe(200)
    expect(await sources('self')).toEqual(['rtsp://10.0.0.9/x'])
  })

  test.each([
    ['its name', 'aliased'],
    ['an RTSP address of ours', 'rtsp://anyhost:8554/aliased?video'],
  ])('gives a stream another name by %s', async (_how, src) => {
    await put('aliased', 'rtsp://10.0.0.9/x')
    const name = `alias of ${src}`
    const response = await patch([
      ['name', name],
      ['src', src],
    ])
    expect(response.status).toBe(200)
    expect(await sources(name)).toEqual(['rtsp://10.0.0.9/x'])
    expect((await server.request(url([['src', name]]))).status).toBe(200)
  })

  test('refuses what PUT refuses', async () => {
    expect(
      (
        await patch([
          ['name', 'p'],
          ['src', 'exec:ls'],
        ])
      ).status,
    ).toBe(400)
  })
})

describe('POST /api/streams', () => {
  const post = (params: readonly (readonly [string, string])[]): Promise<Response> =>
    server.request(url(params), { method: 'POST' })

  test('needs a destination', async () => {
    expect(await answer(post([['src', 'x']]))).toEqual([400, '\n'])
  })

  const play = (dst: string, src: string): Promise<readonly [number, string]> =>
    answer(
      post([
        ['dst', dst],
        ['src', src],
      ]),
    )

  test('says why nothing can be played into a stream', async () => {
    await put('deaf', 'demo:')
    expect(await play('deaf', 'demo:')).toEqual([500, "can't find consumer\n"])
    await put('dead', 'rtsp://127.0.0.1:1/x')
    const [status, text] = await play('dead', 'demo:')
    expect([status, text.startsWith('streams: ')]).toEqual([500, true])
  })

  test('refuses to play what PUT refuses, and ends what plays', async () => {
    await put('deaf', 'demo:')
    expect(await play('deaf', 'exec:ls')).toEqual([400, 'streams: source from insecure producer\n'])
    const [status, text] = await play('deaf', '')
    expect([status, JSON.parse(text).producers[0].url]).toEqual([200, 'demo:'])
  })

  test('knows neither stream', async () => {
    expect(await play('rtmp://10.0.0.9/a', 'nobody')).toEqual([404, '\n'])
  })

  test('says that publishing to another server is not there yet', async () => {
    await put('target', 'rtsp://10.0.0.9/x')
    expect((await play('rtmp://10.0.0.9/a', 'target'))[0]).toBe(500)
  })
})

describe('many streams', () => {
  test('a thousand are made, listed and told', async () => {
    await using big = await startTestServer()
    const names = Array.from({ length: 1000 }, (_, at) => `camera-${at}`)
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(
        names
          .slice(at, at + 50)
          .map(name => big.request(`/api/streams?name=${name}&src=rtsp://10.0.0.9/${name}`, { method: 'PUT' })),
      )
    const listed = (await (await big.request('/api/streams')).json()) as Streams
    expect(Object.keys(listed)).toHaveLength(1000)
    const { streams } = await big.graphql<{ streams: unknown[] }>('{streams{name status{state}}}')
    expect(streams).toHaveLength(1000)
  })

  test('two hundred writers of one name leave one of their values, and every write in the log', async () => {
    const before = await server.graphql<{ system: { position: number } }>('{system{position}}')
    const values = Array.from({ length: 200 }, (_, at) => `rtsp://10.0.0.9/${at}`)
    const answers = await Promise.all(values.map(value => put('contested', value)))
    expect(answers.every(response => response.status === 200)).toBe(true)
    const { system } = await server.graphql<{ system: { position: number } }>('{system{position}}')
    expect(system.position - before.system.position).toBe(200)
    expect(values).toContain((await sources('contested'))?.[0])
  })
})
