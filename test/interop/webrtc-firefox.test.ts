import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Firefox } from '#test/helpers/firefox.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { leaveInPage, playsInPage, watchInPage } from '#test/helpers/web-rtc-page.ts'

// Debian's Firefox has H.264 in WebRTC only once it has downloaded OpenH264: what it has without is VP8, VP9 and AV1.
const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 !'
const vp8 = `${picture} vp8enc deadline=1 cpu-used=8 threads=1 keyframe-max-dist=50 ! rtpvp8pay name=pay0 pt=96`
const opus = 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97'

/** Firefox makes no ICE-TCP connections to 127.0.0.1: it needs an address of a network. */
const hasNetwork = Object.values(networkInterfaces())
  .flatMap(all => all ?? [])
  .some(({ family, internal }) => family === 'IPv4' && !internal)

let camera: GStreamerCamera
let server: TestServer
let firefox: Firefox

beforeAll(async () => {
  camera = await GStreamerCamera.start({ launch: `( ${vp8} ${opus} )` })
  server = await startTestServer({
    yaml: `streams:\n  porch: ${camera.url}\n`,
    inline: ['{webrtc: {listen: "0.0.0.0:0"}}'],
  })
  firefox = await Firefox.open(`${server.url}/api`)
}, 120_000)

afterAll(async () => {
  await firefox?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await camera?.stop()
})

test.for(['udp', 'tcp'] as const)(
  'Firefox plays pictures (VP8) and sound over %s',
  { timeout: 60_000 },
  async (protocol, { skip }) => {
    skip(protocol === 'tcp' && !hasNetwork, 'this machine has only its loopback, where Firefox makes no connections')
    const answer = await watchInPage(firefox, { url: '/api/webrtc?src=porch', protocol })
    expect(answer).toContain('VP8/90000')
    await playsInPage(firefox)
    const watched = await playsInPage(firefox, 'more of them')
    expect(watched).toMatchObject({ width: 320, protocol })
    await leaveInPage(firefox)
    await expect
      .poll(async () => (await (await server.request('/api/streams')).json()).porch.consumers?.length ?? 0)
      .toBe(0)
  },
)
