import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BadNetwork, type NetworkConditions, SlowConnections } from '#test/helpers/bad-network.ts'
import { Browser } from '#test/helpers/browser.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { leaveInPage, playsInPage, seenInPage, watchInPage } from '#test/helpers/web-rtc-page.ts'

const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 !'
const h264 = `${picture} x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=50 bitrate=1000 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1`
const opus = 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97'

/** A camera with a moving picture and a microphone that beeps, both allowed without asking. */
const FAKE_DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

let camera: GStreamerCamera
let browser: Browser
let page: Page
let server: TestServer
let port: number

beforeAll(async () => {
  camera = await GStreamerCamera.start({ launch: `( ${h264} ${opus} )` })
  server = await startTestServer({ yaml: `streams:\n  porch: ${camera.url}\n  studio:\n` })
  port = Number(/\[webrtc\] listen addr=\S+:(\d+)/.exec(server.lines.join('\n'))?.[1])
  browser = await Browser.open(FAKE_DEVICES)
  page = browser.page
  await page.goto(`${server.url}/api`)
}, 60_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await camera?.stop()
})

const consumers = async (): Promise<number> => {
  const streams = (await (await server.request('/api/streams')).json()) as { porch: { consumers: unknown[] | null } }
  return streams.porch.consumers?.length ?? 0
}

/** Over a network that is good again, so that the browser's goodbye comes: without it nobody is gone for 30 s. */
const leave = async (network?: BadNetwork): Promise<void> => {
  if (network !== undefined) network.conditions = {}
  await leaveInPage(page)
  await expect.poll(consumers, { timeout: 20_000 }).toBe(0)
}

const watch = (candidate: string): Promise<string> =>
  watchInPage(page, { url: '/api/webrtc?src=porch', candidates: [candidate] })

test.each<[string, NetworkConditions]>([
  ['three of a hundred', { lossShare: 0.03 }],
  ['one of ten', { lossShare: 0.1 }],
  ['three of a hundred, 80 ms away', { lossShare: 0.03, delayMs: 40 }],
])(
  '%s datagrams are lost: pictures go on, and what was lost comes again',
  { timeout: 120_000 },
  async (_, conditions) => {
    await using network = await BadNetwork.before(port, conditions)
    await watch(network.candidate)
    await playsInPage(page)
    await seenInPage(page, 'packets that came again', now => now.nacks > 5 && now.retransmitted > 5)
    await playsInPage(page, 'more of them')
    expect(network.counts.lost).toBeGreaterThan(5)
    await leave(network)
  },
)

test.each<[string, NetworkConditions]>([
  ['80 ms away', { delayMs: 40 }],
  ['300 ms away', { delayMs: 150 }],
  ['where datagrams overtake each other', { delayMs: 10, jitterMs: 30 }],
  ['where every third comes twice', { duplicateShare: 0.33 }],
])('%s, pictures and sound go on', { timeout: 120_000 }, async (_, conditions) => {
  await using network = await BadNetwork.before(port, conditions)
  await watch(network.candidate)
  await playsInPage(page)
  const roundTrip = (2 * (conditions.delayMs ?? 0)) / 1000
  await seenInPage(page, `a round trip of ${roundTrip} s`, now => now.roundTrip >= roundTrip)
  await playsInPage(page, 'more of them')
  await leave(network)
})

test('a browser whose address changes goes on: from one network to another', { timeout: 120_000 }, async () => {
  await using network = await BadNetwork.before(port)
  await watch(network.candidate)
  await playsInPage(page)
  for (const what of ['after the first move', 'after the second']) {
    network.move()
    const watched = await playsInPage(page, what)
    expect(watched.state).toBe('connected')
  }
  expect(await consumers()).toBe(1)
  await leave(network)
})

test('by TCP alone, 80 ms away, pictures and sound go on', { timeout: 120_000 }, async () => {
  await using connections = await SlowConnections.before(port, 40)
  await watch(connections.candidate)
  await playsInPage(page)
  const watched = await playsInPage(page, 'more of them')
  expect(watched).toMatchObject({ protocol: 'tcp', lost: 0 })
  await seenInPage(page, 'a round trip of 80 ms', now => now.roundTrip >= 0.08)
  await leave()
})

/** Publishes by WHIP what the page's camera sees; the page keeps the connection. */
const publish = (candidate: string): Promise<void> =>
  page.evaluate(async candidate => {
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 }, audio: true })
    const connection = new RTCPeerConnection()
    Object.assign(globalThis, { connection })
    for (const track of media.getTracks()) connection.addTransceiver(track, { direction: 'sendonly', streams: [media] })
    await connection.setLocalDescription()
    // Without its own addresses: we would call them, and there would be another way than this network.
    const body = connection.localDescription?.sdp.replaceAll(/^a=candidate:.*\r\n/gm, '') ?? ''
    const headers = { 'content-type': 'application/sdp' }
    const response = await fetch('/api/webrtc?dst=studio', { method: 'POST', headers, body })
    const answer = (await response.text()).replaceAll(/^a=candidate:.*\r\n/gm, '')
    await connection.setRemoteDescription({ type: 'answer', sdp: answer })
    await connection.addIceCandidate({ candidate, sdpMLineIndex: 0 })
  }, candidate)

/** Packets of pictures that the page was asked for again, and sent again. */
const sentAgain = (): Promise<number> =>
  page.evaluate(async () => {
    const { connection } = globalThis as unknown as { connection: RTCPeerConnection }
    let count = 0
    for (const one of (await connection.getStats()).values())
      if (one.type === 'outbound-rtp' && one.kind === 'video' && one.nackCount > 0)
        count = one.retransmittedPacketsSent ?? 0
    return count
  })

const studio = async (): Promise<number> => {
  const streams = (await (await server.request('/api/streams')).json()) as { studio: { producers: unknown[] | null } }
  return streams.studio.producers?.length ?? 0
}

test('of what is published three of a hundred datagrams are lost: they are asked for again, and pictures arrive', {
  timeout: 120_000,
}, async () => {
  await using network = await BadNetwork.before(port, { lossShare: 0.03, delayMs: 20 })
  await publish(network.candidate)
  await expect.poll(studio, { timeout: 30_000 }).toBe(1)
  const rtspPort = Number(/\[rtsp\] listen addr=\S+:(\d+)/.exec(server.lines.join('\n'))?.[1])
  using player = await RtspPlayer.connect(rtspPort)
  await player.play(`rtsp://127.0.0.1:${rtspPort}/studio?video`)
  await expect.poll(sentAgain, { timeout: 60_000 }).toBeGreaterThan(5)
  const pictures = (): number => new Set(player.frames.map(({ payload }) => payload.readUInt32BE(4))).size
  const before = pictures()
  await expect.poll(pictures, { timeout: 30_000 }).toBeGreaterThan(before + 50)
  expect(network.counts.lost).toBeGreaterThan(5)
  const numbers = player.frames.map(({ payload }) => payload.readUInt16BE(2))
  expect(numbers).toEqual(numbers.map((_, at) => (numbers[0]! + at) & 0xffff))
  network.conditions = {}
  await leaveInPage(page)
  await expect.poll(studio, { timeout: 20_000 }).toBe(0)
})
