import { afterAll, beforeAll, expect, test } from 'vitest'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { GStreamerPeer } from '#test/helpers/gstreamer-webrtc.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 !'
const h264 = `${picture} x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=50 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1`
const opus = 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97'

let server: TestServer
let camera: GStreamerCamera

beforeAll(async () => {
  camera = await GStreamerCamera.start({ launch: `( ${h264} ${opus} )` })
  server = await startTestServer({ yaml: `streams:\n  porch: ${camera.url}\n  studio:\n` })
}, 60_000)

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await camera?.stop()
})

test('webrtcbin watches by WHEP: pictures and sound are decoded', { timeout: 60_000 }, async () => {
  await using peer = GStreamerPeer.start('watch', `${server.url}/api/webrtc?src=porch`)
  await peer.line(/^ANSWER 201 webrtc\?id=/)
  await peer.line(/^CONNECTED/)
  await peer.line(/^VIDEO 50/)
  await peer.line(/^AUDIO 50/)
})

test('webrtcbin publishes by WHIP: ffmpeg reads it by RTSP, and another webrtcbin by WHEP', {
  timeout: 90_000,
}, async () => {
  await using publisher = GStreamerPeer.start('publish', `${server.url}/api/webrtc?dst=studio`)
  await publisher.line(/^ANSWER 201/)
  await publisher.line(/^CONNECTED/)
  const rtspPort = Number(/\[rtsp\] listen addr=\S+:(\d+)/.exec(server.lines.join('\n'))?.[1])
  expect(await ffprobe(`rtsp://127.0.0.1:${rtspPort}/studio`, ['-rtsp_transport', 'tcp'])).toMatchObject([
    { codec_name: 'h264', width: 320, height: 240 },
    { codec_name: 'opus', sample_rate: '48000' },
  ])
  await using viewer = GStreamerPeer.start('watch', `${server.url}/api/webrtc?src=studio`)
  await viewer.line(/^VIDEO 30/)
  await viewer.line(/^AUDIO 30/)
})
