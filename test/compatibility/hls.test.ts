import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    yaml: `streams:\n  demo: "demo:"\n  pictures: "file:${fixturePath('jpeg.mjpeg')}"\n`,
  })
})
afterAll(() => server[Symbol.asyncDispose]())

/** Begins a session; gives the master playlist and the session's name. */
const open = async (query: string): Promise<{ readonly master: string; readonly id: string }> => {
  const response = await server.request(`/api/stream.m3u8?${query}`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/vnd.apple.mpegurl'])
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  const master = await response.text()
  return { master, id: /id=([0-9A-Za-z]{8})$/.exec(master)?.[1] ?? '' }
}

const playlist = async (id: string, query = ''): Promise<string> =>
  (await server.request(`/api/hls/playlist.m3u8?id=${id}${query}`)).text()

const get = async (path: string): Promise<readonly [number, string | null, Buffer]> => {
  const response = await server.request(`/api/hls/${path}`)
  return [response.status, response.headers.get('content-type'), Buffer.from(await response.arrayBuffer())]
}

describe('HLS', () => {
  test('names a playlist by a relative URL, with what the stream really is', async () => {
    const { master } = await open('src=demo')
    expect(master).toMatch(
      /^#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=\d+,CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2",RESOLUTION=\d+x\d+[^\n]*\nhls\/playlist\.m3u8\?id=[0-9A-Za-z]{8}$/,
    )
  })

  test('is MPEG-TS without a filter: its segments can be fetched again, and begin at keyframes', async () => {
    const { id } = await open('src=demo')
    const text = await playlist(id)
    expect(text).toMatch(
      /^#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:\d+\n#EXT-X-MEDIA-SEQUENCE:\d+\n#EXT-X-PROGRAM-DATE-TIME:[^\n]+\n#EXTINF:\d+\.\d{3},\nsegment\.ts\?id=\w{8}&n=\d+\n/,
    )
    const uri = /segment\.ts\S+/.exec(text)![0]
    const [first, again] = [await get(uri), await get(uri)]
    expect(first.slice(0, 2)).toEqual([200, 'video/mp2t'])
    expect(first[2].equals(again[2])).toBe(true)
    const { output, complaints } = await runProgram(
      'ffprobe',
      ['-select_streams', 'v', '-show_entries', 'packet=flags', '-of', 'csv=p=0', '-'],
      first[2],
    )
    expect(complaints).toEqual([])
    expect(output.split('\n')[0]).toMatch(/^K/)
  })

  test.each(['mp4', 'mp4=all', 'video=h264&audio=aac', 'video&audio'])('is fragmented MP4 with %s', async query => {
    const { id } = await open(`src=demo&${query}`)
    const text = await playlist(id)
    expect(text).toContain(`#EXT-X-VERSION:6\n`)
    expect(text).toContain(`#EXT-X-MAP:URI="init.mp4?id=${id}"\n`)
    const [status, type, init] = await get(`init.mp4?id=${id}`)
    expect([status, type, init.toString('latin1', 4, 8)]).toEqual([200, 'video/mp4', 'ftyp'])
    const [, uri = ''] = /\n(segment\.m4s\?id=\w{8}&n=\d+)\n/.exec(text) ?? []
    const segment = await get(uri)
    expect([...segment.slice(0, 2), segment[2].toString('latin1', 4, 8)]).toEqual([200, 'video/iso.segment', 'moof'])
  })

  test('has parts for players that know them, which come as soon as they are there', async () => {
    const { id } = await open('src=demo&mp4')
    await expect.poll(() => playlist(id), { timeout: 10_000 }).toContain('#EXT-X-PRELOAD-HINT')
    const first = await playlist(id)
    expect(first).toMatch(/#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=\d\.\d{3}\n/)
    const [, number, part] = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="segment\.m4s\?id=\w{8}&n=(\d+)&part=(\d+)"/.exec(
      first,
    )!
    const [hinted, text] = await Promise.all([
      get(`segment.m4s?id=${id}&n=${number}&part=${part}`),
      playlist(id, `&_HLS_msn=${number}&_HLS_part=${part}`),
    ])
    expect([...hinted.slice(0, 2), hinted[2].toString('latin1', 4, 8)]).toEqual([200, 'video/iso.segment', 'moof'])
    expect(text).toContain(`URI="segment.m4s?id=${id}&n=${number}&part=${part}"`)
  })

  test.each([
    '&_HLS_msn=99999',
    '&_HLS_part=0',
    '&_HLS_msn=x',
    '&_HLS_msn=-1',
    '&_HLS_msn=9999999999',
    '&_HLS_msn=1&_HLS_part=x',
  ])('refuses the nonsense %s', async query => {
    const { id } = await open('src=demo&mp4')
    expect((await get(`playlist.m3u8?id=${id}${query}`))[0]).toBe(400)
  })

  test.each(['playlist.m3u8', 'init.mp4', 'segment.m4s', 'segment.ts'])('knows nobody else: %s', async name => {
    expect((await get(`${name}?id=nobody00`))[0]).toBe(404)
    expect((await get(name))[0]).toBe(404)
    const options = await server.request(`/api/hls/${name}`, { method: 'OPTIONS' })
    expect(options.headers.get('access-control-allow-methods')).toBe('GET')
    expect(options.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('gives the newest segment to who asks for none, and none that is far ahead or of the other kind', async () => {
    const { id } = await open('src=demo')
    await playlist(id)
    expect((await get(`segment.ts?id=${id}`))[0]).toBe(200)
    expect((await get(`segment.ts?id=${id}&n=5000`))[0]).toBe(404)
    expect((await get(`segment.ts?id=${id}&n=0&part=5000`))[0]).toBe(404)
    expect((await get(`init.mp4?id=${id}`))[0]).toBe(404)
    expect((await get(`segment.ts?id=${id}&n=x`))[0]).toBe(400)
  })

  test('says nothing of a stream it cannot serve, and 404 of one that is not there', async () => {
    const unserved = await server.request('/api/stream.m3u8?src=pictures')
    expect([unserved.status, await unserved.text()]).toEqual([200, ''])
    const unknown = await server.request('/api/stream.m3u8?src=nobody')
    expect([unknown.status, await unknown.text()]).toEqual([404, 'stream not found\n'])
    const head = await server.request('/api/stream.m3u8?src=demo', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/vnd.apple.mpegurl'])
  })

  test('answers hls on /api/ws as go2rtc does, also for a source on the fly', async () => {
    await using viewer = await openWebSocket(`${server.url}/api/ws?src=demo:&name=fly`)
    viewer.send({ type: 'hls', value: 'avc1.640029,mp4a.40.2' })
    const answer = await viewer.next('the playlist')
    const value = 'text' in answer ? String((answer.text as { value: string }).value) : ''
    expect(value).toMatch(/^#EXTM3U\n#EXT-X-STREAM-INF:.*\nhls\/playlist\.m3u8\?id=\w{8}$/)
    expect(await playlist(value.slice(-8))).toContain('#EXT-X-MAP')
    await using other = await openWebSocket(`${server.url}/api/ws?src=nobody`)
    other.send({ type: 'hls', value: '' })
    expect(await other.next('the error')).toEqual({ text: { type: 'error', value: 'hls: stream not found' } })
  })

  test.each([
    ['MPEG-TS', ''],
    ['fragmented MP4', '&mp4'],
  ])('plays in ffmpeg as it is, over several segments and without a word: %s', async (_name, query) => {
    const { output, complaints } = await runProgram('ffmpeg', [
      ...['-i', `${server.url}/api/stream.m3u8?src=demo${query}`, '-t', '5', '-c', 'copy', '-f', 'framemd5', '-'],
    ])
    // ffmpeg reads the initialization anew with the playlist, and says so of every live stream of fragmented MP4.
    expect(complaints.filter(line => !/duplicated MOOV|Last message repeated/.test(line))).toEqual([])
    expect(output).toMatch(/#codec_id 0: h264/)
    const times = [...output.matchAll(/^0, +(\d+), +\d+, +(\d+)/gm)].map(([, time]) => Number(time))
    expect(times.length).toBeGreaterThan(60)
    expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true)
  })
})
