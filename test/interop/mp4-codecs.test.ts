import { afterAll, beforeAll, expect, test } from 'vitest'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const input =
  'exec:ffmpeg -v error -re -f lavfi -i testsrc2=size=320x240:rate=10 -re -f lavfi -i sine=sample_rate=48000'
const h265 = '-c:v libx265 -preset ultrafast -tune zerolatency -x265-params keyint=10:log-level=none'
const h264 = '-c:v libx264 -preset ultrafast -tune zerolatency -g 10 -pix_fmt yuv420p'
const streams = {
  opus: `${input} ${h265} -c:a libopus -f rtsp {output}`,
  mp3: `${input} ${h264} -c:a libmp3lame -f mpegts -`,
  aac: `${input} ${h265} -c:a aac -f mpegts -`,
}

let server: TestServer

beforeAll(async () => {
  const lines = Object.entries(streams).map(([name, source]) => `  ${name}: "${source}"`)
  server = await startTestServer({ yaml: `streams:\n${lines.join('\n')}\n` })
}, 60_000)

afterAll(() => server[Symbol.asyncDispose]())

test.each([
  ['opus', 'video=h265&audio=opus', ['hevc', 'opus']],
  ['mp3', 'video=h264&audio=mp3', ['h264', 'mp3']],
  ['aac', 'mp4', ['hevc', 'aac']],
])('stream.mp4 of %s is read by ffprobe, track by track', { timeout: 60_000 }, async (name, query, codecs) => {
  const tracks = await ffprobe(`${server.url}/api/stream.mp4?src=${name}&${query}&duration=2`)
  expect(tracks.map(({ codec_name }) => codec_name)).toEqual(codecs)
  expect(tracks[0]).toMatchObject({ width: 320, height: 240 })
  expect(tracks[1]).toMatchObject({ sample_rate: '48000' })
})
