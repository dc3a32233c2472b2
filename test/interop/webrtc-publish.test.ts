import { existsSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '#test/helpers/browser.ts'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

/** A camera with a moving picture and a microphone that beeps, both allowed without asking. */
const FAKE_DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

let browser: Browser
let server: TestServer
let folder: TemporaryFolder
let rtspPort: number

beforeAll(async () => {
  folder = new TemporaryFolder()
  server = await startTestServer({
    yaml: [
      'streams:',
      '  studio:',
      '  door:',
      `    - exec:ffmpeg -hide_banner -re -f lavfi -i testsrc=size=320x240:rate=10 -c:v libx264 -preset ultrafast -tune zerolatency -g 20 -f h264 -`,
      `    - exec:dd of=${folder.at('heard')} status=none#backchannel=1#audio=pcmu/8000`,
      '',
    ].join('\n'),
  })
  rtspPort = Number(/\[rtsp\] listen addr=\S+:(\d+)/.exec(server.lines.join('\n'))?.[1])
  browser = await Browser.open(FAKE_DEVICES)
  await browser.page.goto(`${server.url}/api`)
}, 60_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  folder?.[Symbol.dispose]()
})

/** Plays by WebRTC, and counts the first pictures. */
const framesOf = (page: Page, stream: string): Promise<number> =>
  page.evaluate(async stream => {
    const connection = new RTCPeerConnection()
    connection.addTransceiver('video', { direction: 'recvonly' })
    await connection.setLocalDescription()
    const body = connection.localDescription?.sdp ?? ''
    const response = await fetch(`/api/webrtc?src=${stream}`, { method: 'POST', body })
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() })
    for (let until = performance.now() + 15_000; performance.now() < until; ) {
      for (const one of (await connection.getStats()).values())
        if (one.type === 'inbound-rtp' && one.framesDecoded > 20) {
          connection.close()
          return one.framesDecoded as number
        }
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    return 0
  }, stream)

test('Chromium publishes by WHIP; ffmpeg and another browser see it, and DELETE ends it', {
  timeout: 60_000,
}, async () => {
  const address = await browser.page.evaluate(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 }, audio: true })
    const connection = new RTCPeerConnection()
    for (const track of media.getTracks()) connection.addTransceiver(track, { direction: 'sendonly', streams: [media] })
    await connection.setLocalDescription()
    const response = await fetch('/api/webrtc?dst=studio', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: connection.localDescription?.sdp ?? '',
    })
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() })
    // Kept from the collector.
    Object.assign(globalThis, { connection })
    return response.headers.get('location') ?? ''
  })
  expect(address).toMatch(/^webrtc\?id=\w+$/)
  const producers = async (): Promise<number> => {
    const streams = (await (await server.request('/api/streams')).json()) as { studio: { producers: unknown[] | null } }
    return streams.studio.producers?.length ?? 0
  }
  await expect.poll(producers, { timeout: 10_000 }).toBe(1)
  const tracks = await ffprobe(`rtsp://127.0.0.1:${rtspPort}/studio`, ['-rtsp_transport', 'tcp'])
  expect(tracks).toMatchObject([
    { codec_name: 'h264', width: 320, height: 240 },
    { codec_name: 'opus', sample_rate: '48000' },
  ])
  const frames = await framesOf(browser.page, 'studio')
  expect(frames).toBeGreaterThan(20)
  expect((await server.request(`/api/${address}`, { method: 'DELETE' })).status).toBe(200)
  expect((await server.request(`/api/${address}`, { method: 'DELETE' })).status).toBe(404)
  await browser.page.waitForFunction(
    () => (globalThis as unknown as { connection: RTCPeerConnection }).connection.connectionState !== 'connected',
  )
})

test('who watches a door talks to it: the microphone reaches its speaker, and the picture goes on', {
  timeout: 60_000,
}, async () => {
  const answer = await browser.page.evaluate(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true })
    const connection = new RTCPeerConnection()
    connection.addTransceiver(media.getAudioTracks()[0]!, { direction: 'sendonly' })
    connection.addTransceiver('video', { direction: 'recvonly' })
    await connection.setLocalDescription()
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws?src=door`)
    await new Promise(resolve => socket.addEventListener('open', resolve))
    socket.send(JSON.stringify({ type: 'webrtc/offer', value: connection.localDescription?.sdp }))
    const sdp = await new Promise<string>((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => {
        const { type, value } = JSON.parse(data)
        if (type === 'error') reject(new Error(value))
        if (type === 'webrtc/answer')
          void connection.setRemoteDescription({ type: 'answer', sdp: value }).then(() => resolve(value))
        if (type === 'webrtc/candidate') void connection.addIceCandidate({ candidate: value, sdpMid: '0' })
      })
    })
    Object.assign(globalThis, { door: connection })
    return sdp
  })
  const [, microphone] = answer.split(/(?=^m=)/m)
  expect(microphone).toMatch(/^m=audio 9 \S+ 0\r\n/)
  expect(microphone).toContain('a=recvonly')
  const heard = (): Buffer => (existsSync(folder.at('heard')) ? readFileSync(folder.at('heard')) : Buffer.alloc(0))
  // A beep is loud; 255 and 127 are silence.
  await until('a beep', () => heard().some(byte => (byte & 0x7f) < 0x30), 20_000)
  await browser.page.waitForFunction(async () => {
    const { door } = globalThis as unknown as { door: RTCPeerConnection }
    for (const one of (await door.getStats()).values())
      if (one.type === 'inbound-rtp' && one.framesDecoded > 10) return true
    return false
  })
  await browser.page.evaluate(() => (globalThis as unknown as { door: RTCPeerConnection }).door.close())
})
