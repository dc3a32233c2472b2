import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '#test/helpers/browser.ts'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { GStreamerCamera, h265Only } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 !'
const h264 = `${picture} x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=50 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1`
const opus = 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97'

let folder: TemporaryFolder
let porch: GStreamerCamera
let garden: GStreamerCamera
/** Has the cameras. */
let near: TestServer
/** Has the other server. */
let far: TestServer
let rtspPort: number

beforeAll(async () => {
  folder = new TemporaryFolder()
  porch = await GStreamerCamera.start({ launch: `( ${h264} ${opus} )` })
  garden = await GStreamerCamera.start({ launch: h265Only })
  const speaker = `exec:dd of=${folder.at('heard')} status=none#backchannel=1#audio=pcma/8000`
  near = await startTestServer({
    yaml: `streams:\n  porch: ${porch.url}\n  garden: ${garden.url}\n  door: ["${porch.url}", "${speaker}"]\n`,
  })
  const socket = `webrtc:ws://127.0.0.1:${near.port}/api/ws?src=`
  const whep = `webrtc:${near.url}/api/webrtc?src=`
  far = await startTestServer({
    yaml: [
      'streams:',
      ...[`  porch_whep: ${whep}porch`, `  porch_ws: ${socket}porch`, `  garden_ws: ${socket}garden`],
      ...[`  door: ${socket}door`, `  nobody: ${whep}nobody`, `  nobody_ws: ${socket}nobody`, ''],
    ].join('\n'),
  })
  rtspPort = Number(/\[rtsp\] listen addr=\S+:(\d+)/.exec(far.lines.join('\n'))?.[1])
}, 60_000)

afterAll(async () => {
  for (const server of [far, near]) await server?.[Symbol.asyncDispose]()
  for (const camera of [porch, garden]) await camera?.stop()
  folder?.[Symbol.dispose]()
})

test.each([
  ['porch_whep', ['h264', 'opus']],
  ['porch_ws', ['h264', 'opus']],
  ['garden_ws', ['hevc']],
])('%s is watched through another server', { timeout: 60_000 }, async (name, codecs) => {
  const tracks = await ffprobe(`rtsp://127.0.0.1:${rtspPort}/${name}`, ['-rtsp_transport', 'tcp'])
  expect(tracks.map(({ codec_name }) => codec_name)).toEqual(codecs)
  expect(tracks[0]).toMatchObject({ width: 320, height: 240 })
  const viewers = async (): Promise<number> => {
    const streams = (await (await near.request('/api/streams')).json()) as Record<
      string,
      { consumers: unknown[] | null }
    >
    return Object.values(streams).reduce((sum, { consumers }) => sum + (consumers?.length ?? 0), 0)
  }
  await expect.poll(viewers, { timeout: 20_000 }).toBe(0)
})

test.each(['nobody', 'nobody_ws'])('what the other server refuses is told in its words (%s)', async name => {
  const answer = await far.request(`/api/streams?src=${name}&video=all`)
  expect(await answer.text()).toContain('stream not found')
})

test('who talks to the door is heard behind both servers', { timeout: 60_000 }, async () => {
  await using browser = await Browser.open(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
  await browser.page.goto(`${far.url}/api`)
  const answer = await browser.page.evaluate(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true })
    const connection = new RTCPeerConnection()
    connection.addTransceiver(media.getAudioTracks()[0]!, { direction: 'sendonly' })
    connection.addTransceiver('video', { direction: 'recvonly' })
    await connection.setLocalDescription()
    const body = connection.localDescription?.sdp ?? ''
    const response = await fetch('/api/webrtc?src=door', { method: 'POST', body })
    const sdp = await response.text()
    await connection.setRemoteDescription({ type: 'answer', sdp })
    Object.assign(globalThis, { connection })
    return sdp
  })
  expect(answer).toContain('a=recvonly')
  const heard = (): Buffer => (existsSync(folder.at('heard')) ? readFileSync(folder.at('heard')) : Buffer.alloc(0))
  // A beep is loud; in A-law silence is 0xd5 and 0x55.
  await until('a beep', () => heard().some(byte => ((byte ^ 0x55) & 0x7f) > 0x40), 20_000)
})
