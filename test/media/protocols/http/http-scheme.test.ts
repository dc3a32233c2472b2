import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { httpScheme } from '#media/protocols/http/http-scheme.ts'
import { parseHttpSource } from '#media/protocols/http/http-source.ts'
import { openHttpSource } from '#media/protocols/http/open-http-source.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { connectedTo, freePort } from '#test/helpers/free-port.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureBytes, hlsFiles, serveHls } from '#test/helpers/hls-folder.ts'
import { digestGuarded, giving, HttpCamera } from '#test/helpers/http-camera.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { until } from '#test/helpers/until.ts'
import { WatchedProducer } from '#test/helpers/watched-producer.ts'

const scheme = httpScheme({ userAgent: 'Sightline' })
const dial = (source: string, context = dialContext()) => scheme.dial(parseSourceUrl(source), context)
const image = fixtureBytes('jpeg.mjpeg').subarray(0, 658)

test('anybody may ask for http, https and httpx, if it can be meant', () => {
  expect(scheme).toMatchObject({ kind: 'dial', names: ['http', 'https', 'httpx'], trustedOnly: false })
  expect(() => scheme.check(parseSourceUrl('http://'), 'configuration')).toThrow(SourceNotSupportedError)
  expect(scheme.check(parseSourceUrl('http://camera/'), 'configuration')).toBeUndefined()
})

describe('what an answer says it is', () => {
  test.each([
    {
      type: 'multipart/x-mixed-replace; boundary=x',
      file: 'jpeg.mpjpeg',
      formatName: 'mpjpeg',
      codecs: ['JPEG'],
      pictures: 5,
    },
    {
      type: 'video/x-flv',
      file: 'h264-b-frames-aac.flv',
      formatName: 'flv',
      codecs: ['H264', 'MPEG4-GENERIC'],
      pictures: 20,
    },
    { type: 'video/mp2t', file: 'h265-opus.mpegts', formatName: 'mpegts', codecs: ['H265', 'OPUS'], pictures: 20 },
    {
      type: 'application/octet-stream',
      file: 'h264-b-frames.h264',
      formatName: 'h264',
      codecs: ['H264'],
      pictures: 20,
    },
    { type: 'audio/wav', file: 'pcm_alaw.wav', formatName: 'wav', codecs: ['PCMA'], pictures: 0 },
  ])('$type with $file becomes $formatName', async ({ type, file, formatName, codecs, pictures }) => {
    await using camera = await HttpCamera.start({
      // Without a length: as it comes.
      '/live': (_, response) => {
        response.writeHead(200, { 'Content-Type': type }).write(fixtureBytes(file))
        response.end()
      },
    })
    const producer = await dial(camera.at('/live'))
    expect(producer.info).toMatchObject({ formatName, protocol: 'http', remoteAddress: `127.0.0.1:${camera.port}` })
    using watched = await WatchedProducer.start(producer)
    expect(watched.codecs).toEqual(codecs)
    expect(await watched.end()).toMatchObject({ code: 'closed_by_peer' })
    expect(watched.units.video).toHaveLength(pictures)
    expect(producer.info.bytesReceived).toBe(fixtureBytes(file).length)
  })

  test('audio/basic is µ-law without anything around it', async () => {
    await using camera = await HttpCamera.start({ '/audio.cgi': giving('audio/basic', Buffer.alloc(800, 0xff)) })
    using watched = await WatchedProducer.start(await dial(camera.at('/audio.cgi')))
    expect(await watched.end()).toMatchObject({ code: 'closed_by_peer' })
    expect(watched.codecs).toEqual(['PCMU'])
    expect(watched.units.audio.map(unit => unit.sizeBytes)).toEqual([320, 320, 160])
  })

  test('image/jpeg is asked for again and again', async () => {
    await using camera = await HttpCamera.start({
      '/snap.jpg': digestGuarded('admin', 'secret', giving('image/jpeg', image)),
    })
    const producer = await dial(camera.at('/snap.jpg').replace('//', '//admin:secret@'))
    expect(producer.info.formatName).toBe('image')
    const asked = camera.requests.length
    using watched = await WatchedProducer.start(producer)
    const pictures = await watched.pictures(4)
    expect(pictures[3]!.parts[0]!.equals(image)).toBe(true)
    expect(camera.requests.length).toBeGreaterThan(asked)
    const connections = new Set(camera.requests.slice(2).map(request => request.socket.remotePort))
    expect(connections.size).toBe(1)
    watched.producer.close()
    const count = camera.requests.length
    await until('the connection to end', () => camera.requests.at(-1)!.socket.destroyed)
    expect(camera.requests.length).toBe(count)
  })

  test('a length means a recording, which is played at its own pace', async () => {
    await using camera = await HttpCamera.start({
      '/film': giving('video/mp2t', fixtureBytes('h264-b-frames-aac.mpegts')),
    })
    const clock = new HeldClock()
    const producer = await dial(camera.at('/film'), dialContext({ clock }))
    using watched = await WatchedProducer.start(producer)
    expect(watched.units.video).toHaveLength(1)
    await clock.advance(1000)
    expect(watched.units.video.length).toBeGreaterThan(9)
    expect(watched.units.video.length).toBeLessThan(12)
    await clock.advance(1500)
    expect(watched.units.video).toHaveLength(20)
    expect(await watched.end()).toMatchObject({ code: 'closed_by_peer' })
    expect(clock.timerCount).toBe(0)
  })
})

describe('HLS', () => {
  test('is read segment by segment, at its own pace', async () => {
    await using camera = await serveHls(await hlsFiles('h264-b-frames-aac.mp4'))
    const producer = await dial(camera.at('/index.m3u8'))
    expect(producer.info).toMatchObject({ formatName: 'hls/mpegts', protocol: 'http' })
    using watched = await WatchedProducer.start(producer)
    expect(watched.codecs).toEqual(['H264', 'MPEG4-GENERIC'])
    expect(await watched.end()).toMatchObject({ code: 'ended' })
    expect(watched.units.video).toHaveLength(20)
    expect(camera.paths).toEqual(['/index.m3u8', '/0.mpegts', '/1.mpegts'])
  })

  test('that is not playable here says why', async () => {
    await using camera = await HttpCamera.start({ '/a.m3u8': giving('x/y', '#EXTM3U\n#EXT-X-MAP:URI="i"\na.mp4') })
    await expect(dial(camera.at('/a.m3u8'))).rejects.toMatchObject({
      message: 'this HLS stream cannot be played here: its segments are fragmented MP4',
    })
  })

  test('whose playlist never comes whole is given up', async () => {
    await using camera = await HttpCamera.start({
      '/a.m3u8': (_, response) => void response.writeHead(200).write('#EXTM3U\n'),
    })
    const clock = new HeldClock()
    const refused = expect(dial(camera.at('/a.m3u8'), dialContext({ clock }))).rejects.toMatchObject({ code: 'silent' })
    await until('the question', () => camera.requests.length === 1)
    await until('the answer is being read', () => clock.timerCount === 1 && (clock.nextTimerIn ?? 0) <= 500)
    await clock.advance(31_000)
    await refused
    await until('the connection to end', () => camera.requests[0]!.socket.destroyed)
    expect(clock.timerCount).toBe(0)
  })
})

test('a camera that sends us on is followed, and that is noted without its tokens', async () => {
  await using camera = await HttpCamera.start({
    '/live': (_, response) => response.writeHead(302, { Location: '/film?token=secret' }).end(),
    '/film': giving('video/x-flv', fixtureBytes('h264-b-frames-aac.flv')),
  })
  const notes: SourceNote[] = []
  using producer = await dial(camera.at('/live'), dialContext({ notes }))
  expect(producer.info.formatName).toBe('flv')
  expect(notes.map(note => note.code)).toEqual(['redirected'])
  expect(JSON.stringify(notes)).not.toContain('secret')
})

describe('a source that cannot be played', () => {
  test.each([
    { path: '/gone', code: 'not_found' },
    { path: '/page', code: 'unknown_format' },
    { path: '/empty', code: 'unknown_format' },
  ])('is refused: $path is $code', async ({ path, code }) => {
    await using camera = await HttpCamera.start({
      '/page': giving('text/html', `<html>${' '.repeat(5000)}`),
      '/empty': giving('video/mp2t', ''),
    })
    await expect(dial(camera.at(path))).rejects.toMatchObject({ code })
  })

  test('is given up with the dial', async () => {
    await using camera = await HttpCamera.start({ '/': (_, response) => void response.writeHead(200).write('FLV') })
    const abort = new AbortController()
    const dialed = openHttpSource(
      parseHttpSource(parseSourceUrl(camera.at('/'))),
      dialContext({ signal: abort.signal }),
      'x',
    )
    const told = expect(dialed).rejects.toMatchObject({ code: 'closed' })
    await until('the request', () => camera.requests.length === 1)
    abort.abort()
    await told
    await until('the connection to end', () => camera.requests[0]!.socket.destroyed)
  })
})

test.each([
  { format: 'mpegts', formatName: 'mpegts' },
  { format: 'flv', formatName: 'flv' },
])('ffmpeg that serves $format by HTTP is played', { timeout: 60_000 }, async ({ format, formatName }) => {
  const url = `http://127.0.0.1:${await freePort()}/live`
  const from = ['-re', '-stream_loop', '-1', '-i', fixturePath('h264-b-frames-aac.mp4'), '-c', 'copy']
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', ...from, '-f', format, '-listen', '1', url], { stdio: 'ignore' })
  try {
    const producer = await connectedTo('ffmpeg', () => dial(url))
    expect(producer.info.formatName).toBe(formatName)
    using watched = await WatchedProducer.start(producer)
    const pictures = await watched.pictures(30)
    expect(watched.codecs).toEqual(['H264', 'MPEG4-GENERIC'])
    const times = pictures.map(unit => unit.decodingTime)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(times.at(-1)! - times[0]!).toBeLessThan(10 * 90_000)
  } finally {
    ffmpeg.kill('SIGKILL')
    await once(ffmpeg, 'exit')
  }
})
