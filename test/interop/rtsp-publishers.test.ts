import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '#media'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { until } from '#test/helpers/until.ts'

let engine: Engine
let address: string
const children: ChildProcess[] = []

beforeEach(async () => {
  engine = createEngine({ rtsp: { listen: '127.0.0.1:0' } })
  engine.setStream({ id: '1', name: 'desk', sources: [] })
  address = (await engine.listen())[0]!.address
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill('SIGKILL')
    await gone
  }
  await engine[Symbol.asyncDispose]()
})

const run = (program: string, ...parameters: string[]): ChildProcess => {
  const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  children.push(child)
  return child
}

const ffmpeg = (path: string, ...output: string[]): ChildProcess =>
  run(
    ...(['ffmpeg', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25'] as const),
    ...['-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', ...output, '-f', 'rtsp', `rtsp://${address}/${path}`],
  )

const gstreamer = (path: string): ChildProcess =>
  run(
    ...(['gst-launch-1.0', '-q', 'videotestsrc', 'is-live=true', '!', 'video/x-raw,width=320,height=240'] as const),
    ...['!', 'x264enc', 'tune=zerolatency', 'key-int-max=30', '!', 'rtspclientsink', 'protocols=tcp'],
    `location=rtsp://${address}/${path}`,
  )

const published = (): boolean => engine.streamByName('desk')?.sources[0]?.state === 'live'

const h264 = { codec_type: 'video', codec_name: 'h264', width: 320, height: 240 }

describe('a stream is fed by', () => {
  test('ffmpeg, which tries datagrams first', async () => {
    ffmpeg('desk')
    await until('it publishes', published)
    expect(await ffprobe(`rtsp://${address}/desk`, ['-rtsp_transport', 'tcp'])).toEqual([
      h264,
      { codec_type: 'audio', codec_name: 'aac', sample_rate: '48000', channels: 1 },
    ])
    expect(engine.streamByName('desk')!.sources[0]).toMatchObject({
      ...{ url: `rtsp://${address}/desk`, published: true },
      connection: { formatName: 'rtsp', medias: ['video, recvonly, H264', 'audio, recvonly, MPEG4-GENERIC/48000/1'] },
    })
  })

  test('GStreamer', async () => {
    gstreamer('desk')
    await until('it publishes', published)
    expect(await ffprobe(`rtsp://${address}/desk`, ['-rtsp_transport', 'tcp'])).toEqual([h264])
  })

  test('whoever comes back, without its viewers having to', async () => {
    const first = ffmpeg('desk', '-rtsp_transport', 'tcp')
    await until('it publishes', published)
    const viewer = run('ffmpeg', '-v', 'error', '-i', `rtsp://${address}/desk`, '-c', 'copy', '-f', 'null', '-')
    await until('somebody watches', () => engine.streamByName('desk')!.consumers.length === 1)
    const bytes = (): number => engine.streamByName('desk')!.consumers[0]?.connection.bytesSent ?? 0
    await until('it gets something', () => bytes() > 0)
    first.kill('SIGKILL')
    await until('the publisher is gone', () => !published())
    const before = bytes()
    ffmpeg('desk', '-rtsp_transport', 'tcp')
    await until('the same viewer gets more', () => bytes() > before)
    expect(viewer.exitCode).toBeNull()
  })
})

test('nobody can publish where there is no stream', async () => {
  const child = ffmpeg('nowhere', '-rtsp_transport', 'tcp')
  let said = ''
  child.stderr!.on('data', text => {
    said += text
  })
  await once(child, 'close')
  expect(said).toContain('404 Not Found')
})
