import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '#media'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { until } from '#test/helpers/until.ts'

const PROGRAM_MS_MAX = 30_000

let camera: GStreamerCamera
let engine: Engine
let address: string
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-programs-'))
  camera = await GStreamerCamera.start()
  engine = createEngine({ rtsp: { listen: '127.0.0.1:0' } })
  address = (await engine.listen())[0]!.address
})

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]()
  await camera?.stop()
  rmSync(folder, { recursive: true })
})

let id = 0
const stream = (name: string, ...sources: string[]): void =>
  engine.setStream({ id: String(++id), name, sources: sources.map(parseSourceUrl) })

const tracks = async (path: string): Promise<readonly (string | undefined)[]> =>
  (await ffprobe(`rtsp://${address}/${path}`, ['-rtsp_transport', 'tcp'])).map(({ codec_name }) => codec_name)

const ended = (name: string): Promise<void> =>
  until(
    `${name} has ended`,
    () => engine.streamByName(name)!.sources.every(({ state }) => state === 'idle'),
    PROGRAM_MS_MAX,
  )

describe('ffmpeg:', () => {
  test('makes a picture out of nothing', { timeout: PROGRAM_MS_MAX }, async () => {
    stream('virtual', 'ffmpeg:virtual?video=testsrc2&size=320x240&rate=25#video=h264')
    expect(await tracks('virtual')).toEqual(['h264'])
    await ended('virtual')
  })

  test('adds a codec to a camera by reading the stream itself, once', { timeout: PROGRAM_MS_MAX }, async () => {
    stream('cam', camera.url, 'ffmpeg:cam#audio=opus')
    expect(await tracks('cam?video&audio=opus')).toEqual(['h264', 'opus'])
    expect(await tracks('cam')).toEqual(['h264', 'aac'])
    await ended('cam')
  })

  test('gives JPEG through a pipe', { timeout: PROGRAM_MS_MAX }, async () => {
    stream('jpeg', 'ffmpeg:virtual?video=testsrc2&size=320x240&rate=5#video=mjpeg')
    expect(await tracks('jpeg')).toEqual(['mjpeg'])
    await ended('jpeg')
  })

  test('says what ffmpeg said when it cannot', { timeout: PROGRAM_MS_MAX }, async () => {
    stream('broken', `ffmpeg:${folder}/nothing.mp4#video=copy`)
    await expect(tracks('broken')).rejects.toThrow('404')
    expect(engine.streamByName('broken')!.cause?.message).toContain('No such file or directory')
  })
})

describe('exec:', () => {
  const picture = '-f lavfi -i testsrc2=size=320x240:rate=25 -c:v libx264 -preset ultrafast -tune zerolatency -g 25'

  test('runs a program that publishes', { timeout: PROGRAM_MS_MAX }, async () => {
    stream('output', `exec:ffmpeg -re ${picture} -pix_fmt yuv420p -f rtsp {output}`)
    expect(await tracks('output')).toEqual(['h264'])
    await ended('output')
  })

  test.each([
    ['MPEG-TS', '-f mpegts -'],
    ['FLV', '-f flv -'],
    ['Annex B', '-f h264 -'],
  ])('reads %s from a program', { timeout: PROGRAM_MS_MAX }, async (name, output) => {
    stream(name, `exec:ffmpeg -v error -re ${picture} -pix_fmt yuv420p ${output}`)
    expect(await tracks(encodeURIComponent(name))).toEqual(['h264'])
    await ended(name)
  })
})

test('a sound is played into whatever listens, in the codec it listens to', { timeout: PROGRAM_MS_MAX }, async () => {
  const [bell, heard] = [join(folder, 'bell.wav'), join(folder, 'heard.pcm')]
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', bell])
  stream('door', `exec:dd of=${heard} status=none#backchannel=1#audio=pcma/8000`)
  const playing = await engine.play('door', parseSourceUrl(`ffmpeg:${bell}#audio=auto`))
  await playing.closed
  await until('the sound has been heard', () => statSync(heard).size >= 4000)
  expect(new Set(readFileSync(heard)).size).toBeGreaterThan(1)
})
