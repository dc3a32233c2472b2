import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '#test/helpers/browser.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 !'
const h264 = `${picture} x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=50 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1`
const opus = 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97'

let camera: GStreamerCamera
let browser: Browser
let server: TestServer

beforeAll(async () => {
  camera = await GStreamerCamera.start({ launch: `( ${h264} ${opus} )` })
  server = await startTestServer()
  const put = `/api/streams?name=porch&src=${encodeURIComponent(camera.url)}`
  await server.request(put, { method: 'PUT' })
  browser = await Browser.open()
  await browser.page.goto(`${server.url}/api`)
}, 60_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await camera?.stop()
})

/** What a browser made of a session. */
interface Played {
  readonly answer: string
  readonly width: number
  readonly frames: number
  readonly sound: number
  readonly lost: number
  readonly protocol: string
  readonly firstFrameMs: number
}

/** Asks by POST with a whole offer, and plays until pictures and sound have gone on for a while. */
const play = (page: Page, keep: 'udp' | 'tcp' | 'both'): Promise<Played> =>
  page.evaluate(async (keep): Promise<Played> => {
    const connection = new RTCPeerConnection()
    connection.addTransceiver('video', { direction: 'recvonly' })
    connection.addTransceiver('audio', { direction: 'recvonly' })
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true })
    const stream = new MediaStream()
    video.srcObject = stream
    connection.addEventListener('track', ({ track }) => stream.addTrack(track))
    document.body.append(video)
    await connection.setLocalDescription()
    const asked = performance.now()
    const response = await fetch('/api/webrtc?src=porch', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: connection.localDescription?.sdp ?? '',
    })
    const answer = await response.text()
    if (response.status !== 201) throw new Error(`${response.status} ${answer}`)
    const lines = answer
      .split('\r\n')
      .filter(line => !/^a=candidate/.test(line) || keep === 'both' || line.includes(` ${keep} `))
    await connection.setRemoteDescription({ type: 'answer', sdp: lines.join('\r\n') })
    const statistics = async () => {
      let [frames, sound, lost, protocol] = [0, 0, 0, '']
      for (const one of (await connection.getStats()).values()) {
        if (one.type === 'inbound-rtp' && one.kind === 'video') {
          frames = one.framesDecoded ?? 0
          lost = one.packetsLost ?? 0
        }
        if (one.type === 'inbound-rtp' && one.kind === 'audio') sound = one.totalSamplesReceived ?? 0
        if (one.type === 'remote-candidate') protocol = one.protocol ?? ''
      }
      return { frames, sound, lost, protocol }
    }
    let firstFrameMs = 0
    const until = performance.now() + 15_000
    for (;;) {
      const now = await statistics()
      if (now.frames > 0 && firstFrameMs === 0) firstFrameMs = performance.now() - asked
      if (now.frames >= 60 && now.sound >= 48_000) {
        const { videoWidth: width } = video
        connection.close()
        return { answer, width, ...now, firstFrameMs }
      }
      if (performance.now() > until) throw new Error(`${connection.connectionState} ${JSON.stringify(now)}\n${answer}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }, keep)

test.each(['udp', 'tcp', 'both'] as const)(
  'Chromium plays pictures and sound over %s',
  { timeout: 30_000 },
  async keep => {
    const played = await play(browser.page, keep)
    expect(played).toMatchObject({ width: 320, lost: 0 })
    if (keep !== 'both') expect(played.protocol).toBe(keep)
    expect(played.answer).not.toMatch(/^m=\w+ 0 /m)
  },
)

test('a data channel opens, and stays open while it is talked to; another can follow it', {
  timeout: 30_000,
}, async () => {
  const states = await browser.page.evaluate(async () => {
    const connection = new RTCPeerConnection()
    connection.addTransceiver('video', { direction: 'sendrecv' })
    const channel = connection.createDataChannel('health')
    await connection.setLocalDescription()
    const body = new URLSearchParams({ data: btoa(connection.localDescription?.sdp ?? '') })
    const response = await fetch('/api/webrtc?src=porch', { method: 'POST', body })
    await connection.setRemoteDescription({ type: 'answer', sdp: atob(await response.text()) })
    const opened = (one: RTCDataChannel): Promise<unknown> =>
      one.readyState === 'open' ? Promise.resolve() : new Promise(resolve => one.addEventListener('open', resolve))
    await opened(channel)
    for (let i = 0; i < 200; i++) channel.send('x'.repeat(i * 100))
    for (let until = performance.now() + 10_000; channel.bufferedAmount > 0 && performance.now() < until; )
      await new Promise(resolve => setTimeout(resolve, 20))
    const [left, state] = [channel.bufferedAmount, channel.readyState]
    channel.close()
    await new Promise(resolve => channel.addEventListener('close', resolve))
    const second = connection.createDataChannel('more')
    await opened(second)
    const states = [left, state, channel.readyState, second.readyState, connection.sctp?.state]
    connection.close()
    return states
  })
  expect(states).toEqual([0, 'open', 'closed', 'open', 'connected'])
})
