import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine, type MessageSink, mseViewer } from '#media'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { until } from '#test/helpers/until.ts'

const RECORD_MS_MAX = 60_000
/** ffmpeg's reader gives the first picture of any RTSP source no time, the camera's own as well. */
const USUAL = /Timestamps are unset in a packet for stream 0/

/** Two pictures of different sizes and two sounds, as cameras with two lenses send them. */
const manyTracks =
  '( videotestsrc is-live=true ! video/x-raw,width=320,height=240 ! x264enc tune=zerolatency key-int-max=15 ' +
  '! rtph264pay name=pay0 pt=96 config-interval=-1 ' +
  'videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! x264enc tune=zerolatency key-int-max=15 ' +
  '! rtph264pay name=pay1 pt=97 config-interval=-1 ' +
  'audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay2 ' +
  'audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay3 )'

let camera: GStreamerCamera
let twoLenses: GStreamerCamera
let counter: Server
let upstreamCount = 0
let engine: Engine
let address: string

beforeAll(async () => {
  camera = await GStreamerCamera.start()
  twoLenses = await GStreamerCamera.start({ launch: manyTracks })
  // Counts who comes to the camera.
  counter = createServer(socket => {
    upstreamCount++
    const onward = connect(camera.port, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    for (const one of [socket, onward]) one.on('error', () => {})
  })
  await once(counter.listen(0, '127.0.0.1'), 'listening')
  const bound = counter.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  engine = createEngine({ rtsp: { listen: '127.0.0.1:0' } })
  const counted = engine.checkSource(`rtsp://127.0.0.1:${port}/camera`)
  engine.setStream({ id: '1', name: 'porch', sources: [counted] })
  engine.setStream({ id: '2', name: 'lenses', sources: [engine.checkSource(twoLenses.url)] })
  address = (await engine.listen())[0]!.address
})

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]()
  counter?.close()
  await camera?.stop()
  await twoLenses?.stop()
})

test('Frigate records segments by copying, without a complaint', { timeout: RECORD_MS_MAX }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-record-'))
  const input = [
    ...['-avoid_negative_ts', 'make_zero', '-fflags', '+genpts+discardcorrupt', '-rtsp_transport', 'tcp'],
    ...['-timeout', '10000000', '-use_wallclock_as_timestamps', '1', '-i', `rtsp://${address}/porch`],
  ]
  const output = ['-f', 'segment', '-segment_time', '2', '-segment_format', 'mp4', '-reset_timestamps', '1']
  const child = spawn('ffmpeg', [
    ...['-hide_banner', '-nostats', '-v', 'warning', ...input, '-t', '7', '-c', 'copy', ...output],
    join(folder, '%d.mp4'),
  ])
  let said = ''
  child.stderr.on('data', text => {
    said += text
  })
  await once(child, 'close')
  expect(said.split('\n').filter(line => line !== '' && !USUAL.test(line))).toEqual([])
  const segments = readdirSync(folder)
  expect(segments.length).toBeGreaterThanOrEqual(3)
  // The last one may be cut off before its first sound.
  for (const segment of ['0.mp4', '1.mp4', '2.mp4'])
    expect(await ffprobe(join(folder, segment))).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'aac' }])
  rmSync(folder, { recursive: true })
})

describe('a camera of many tracks', () => {
  const tracks = async (query: string): Promise<readonly string[]> =>
    (await ffprobe(`rtsp://${address}/lenses${query}`, ['-rtsp_transport', 'tcp'])).map(
      ({ codec_name, width }) => `${codec_name}${width === undefined ? '' : ` ${width}`}`,
    )

  test.each([
    ['', ['h264 320', 'pcm_mulaw']],
    ['?video', ['h264 320']],
    ['?audio=pcma', ['pcm_alaw']],
    ['?video=all&audio=all', ['h264 320', 'h264 160', 'pcm_mulaw', 'pcm_alaw']],
    ['?video=all', ['h264 320', 'h264 160']],
    ['?audio=l16', ['pcm_s16be']],
  ])('gives what is asked for: %s', async (query, expected) => {
    expect(await tracks(query)).toEqual(expected)
  })
})

test('however many watch, the camera has one connection', { timeout: RECORD_MS_MAX }, async () => {
  await until('nobody watches', () => engine.streamByName('porch')!.sources[0]!.state === 'idle')
  const before = upstreamCount
  const sink: MessageSink = { pendingBytes: 0, write() {}, tell() {}, end() {} }
  const mse = await engine.watch(
    'porch',
    mseViewer({ codecs: '', remoteAddress: '127.0.0.1:1', userAgent: 'test', sink }),
  )
  const pullers = [0, 1].map(() =>
    spawn('ffmpeg', ['-v', 'error', '-rtsp_transport', 'tcp', '-i', `rtsp://${address}/porch`, '-f', 'null', '-']),
  )
  await until('all of them get pictures', () => {
    const { consumers } = engine.streamByName('porch')!
    return consumers.length === 3 && consumers.every(({ connection }) => connection.bytesSent > 10_000)
  })
  expect(upstreamCount - before).toBe(1)
  mse.close()
  for (const puller of pullers) puller.kill('SIGKILL')
  await until('the camera is let go', () => engine.streamByName('porch')!.sources[0]!.state === 'idle')
})
