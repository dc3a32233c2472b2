import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '#media/engine.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { until } from '#test/helpers/until.ts'

const run = promisify(execFile)
const PLAY_MS_MAX = 30_000

let camera: GStreamerCamera
let engine: Engine
let address: string

beforeAll(async () => {
  camera = await GStreamerCamera.start()
  engine = createEngine({ rtsp: { listen: '127.0.0.1:0' } })
  const sources = [parseSourceUrl(camera.url)]
  engine.setStream({ id: '1', name: 'porch', sources })
  engine.setStream({ id: '2', name: 'test_cam%231', sources })
  address = (await engine.listen())[0]!.address
})

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]()
  await camera?.stop()
})

const url = (path: string): string => `rtsp://${address}/${path}`

describe('ffprobe', () => {
  test.each([
    ['over TCP', ['-rtsp_transport', 'tcp']],
    ['by itself, which tries UDP first', []],
    ['preferring TCP', ['-rtsp_flags', 'prefer_tcp']],
  ])('finds both tracks %s', async (_name, options) => {
    expect(await ffprobe(url('porch'), options)).toEqual([
      { codec_type: 'video', codec_name: 'h264', width: 320, height: 240 },
      { codec_type: 'audio', codec_name: 'aac', sample_rate: '16000', channels: 1 },
    ])
  })

  test.each([
    ['porch?video', ['h264']],
    ['porch?audio', ['aac']],
    ['porch?audio&video', ['aac', 'h264']],
    ['porch?mp4', ['h264', 'aac']],
    ['porch?video=h264,h265&audio=opus', ['h264']],
    ['test_cam%231', ['h264', 'aac']],
  ])('finds what is asked for: %s', async (path, names) => {
    const tracks = await ffprobe(url(path), ['-rtsp_transport', 'tcp'])
    expect(tracks.map(({ codec_name }) => codec_name)).toEqual(names)
  })

  test.each(['nowhere', 'porch?video=h265'])('is told of what is not there: %s', async path => {
    await expect(ffprobe(url(path), ['-rtsp_transport', 'tcp'])).rejects.toThrow('404 Not Found')
  })
})

describe('ffmpeg', () => {
  test('decodes every frame from the first on', async () => {
    const args = ['-v', 'error', '-xerror', '-rtsp_transport', 'tcp', '-i', url('porch'), '-frames:v', '60']
    const { stderr } = await run('ffmpeg', [...args, '-f', 'null', '-'], { timeout: PLAY_MS_MAX })
    expect(stderr).toBe('')
  })

  test('records without decoding', async () => {
    const args = ['-v', 'error', '-i', url('porch'), '-t', '2', '-c', 'copy', '-f', 'mp4']
    const piped = [...args, '-movflags', 'frag_keyframe+empty_moov', '-']
    const options = { timeout: PLAY_MS_MAX, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const
    const { stdout } = await run('ffmpeg', piped, options)
    expect(stdout.subarray(4, 8).toString()).toBe('ftyp')
    expect(stdout.includes('moof')).toBe(true)
  })
})

describe('GStreamer', () => {
  test.each([
    ['over TCP', 'porch', ['protocols=tcp']],
    ['by itself, which tries UDP first', 'porch', []],
    ['with a query', 'porch?video=h264', ['protocols=tcp']],
  ])('decodes pictures %s', async (_name, path, options) => {
    const source = ['rtspsrc', `location=${url(path)}`, 'latency=0', ...options]
    const decode = '! rtph264depay ! h264parse ! avdec_h264 ! fakesink num-buffers=30 silent=false'.split(' ')
    // Pictures count, not how it ends: when it stops it interrupts its own PAUSE now and then, and calls that an error.
    const played = run('gst-launch-1.0', ['-v', ...source, ...decode], { timeout: PLAY_MS_MAX })
    const { stdout, stderr } = await played.catch((error: { stdout: string; stderr: string }) => error)
    expect(stdout.match(/= chain .*\(115200 bytes/g), stderr).toHaveLength(30)
  })
})

test('a source that is dialed by a player is let go with its last one', async () => {
  await ffprobe(url('porch'), ['-rtsp_transport', 'tcp'])
  await until('the player to be gone', () => engine.streamById('1')?.consumers.length === 0)
  expect(engine.streamById('1')?.sources[0]?.state).toBe('idle')
})
