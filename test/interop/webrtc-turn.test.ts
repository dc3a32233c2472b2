import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '#test/helpers/browser.ts'
import { Coturn } from '#test/helpers/coturn.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let coturn: Coturn
let browser: Browser
let server: TestServer
/** Has no UDP of its own: what it sends as datagrams leaves by a relay. */
let behindFirewall: TestServer

beforeAll(async () => {
  coturn = await Coturn.start()
  server = await startTestServer()
  behindFirewall = await startTestServer({ inline: ['{webrtc: {filters: {networks: [tcp4]}}}'] })
  for (const one of [server, behindFirewall]) await one.request('/api/streams?name=demo&src=demo:', { method: 'PUT' })
  browser = await Browser.open()
}, 60_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await behindFirewall?.[Symbol.asyncDispose]()
  await coturn?.[Symbol.asyncDispose]()
})

interface Wish {
  readonly servers: readonly {
    readonly urls: readonly string[]
    readonly username: string
    readonly credential: string
  }[]
  /** What the browser may use of its own, and which of our candidates it gets to know. */
  readonly policy: 'all' | 'relay'
  readonly keep: string
}

/** How a browser played: until some pictures were shown. */
interface Played {
  readonly local: string
  readonly remote: string
  readonly told: readonly string[]
}

/** Plays as Home Assistant does: by the message `webrtc` with servers, and candidates one by one. */
const play = (page: Page, wish: Wish): Promise<Played> =>
  page.evaluate(async ({ servers, policy, keep }): Promise<Played> => {
    const iceServers = servers.map(one => ({ ...one, urls: [...one.urls] }))
    const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: policy })
    connection.addTransceiver('video', { direction: 'recvonly' })
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws?src=demo`)
    await new Promise(resolve => socket.addEventListener('open', resolve))
    const tell = (type: string, value: unknown) => socket.send(JSON.stringify({ type, value }))
    const told: string[] = []
    let refused = ''
    socket.addEventListener('message', async ({ data }) => {
      const { type, value } = JSON.parse(data)
      if (type === 'webrtc') await connection.setRemoteDescription(value)
      else if (type === 'webrtc/candidate') {
        told.push(value)
        if (value.includes(` typ ${keep}`)) await connection.addIceCandidate({ candidate: value, sdpMid: '0' })
      } else refused = String(value)
    })
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null) tell('webrtc/candidate', candidate.candidate)
    })
    await connection.setLocalDescription()
    tell('webrtc', { type: 'offer', sdp: connection.localDescription?.sdp, ice_servers: iceServers })
    const until = performance.now() + 20_000
    for (;;) {
      const all = [...(await connection.getStats()).values()]
      const frames = all.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')?.framesDecoded ?? 0
      const pair = all.find(
        ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
      )
      if (frames >= 10 && pair !== undefined) {
        const typeOf = (id: string): string => all.find(one => one.id === id)?.candidateType ?? ''
        connection.close()
        return { local: typeOf(pair.localCandidateId), remote: typeOf(pair.remoteCandidateId), told }
      }
      if (performance.now() > until || refused !== '')
        throw new Error(`${refused} ${connection.iceConnectionState} ${frames} ${JSON.stringify(told)}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }, wish)

const servers = (transport: 'udp' | 'tcp'): Wish['servers'] => {
  const { username, credential } = coturn
  return [{ urls: [coturn.url('turn', transport)], username, credential }]
}

test('a browser that may only use its relay plays, and its relay is what we see', { timeout: 40_000 }, async () => {
  await browser.page.goto(`${server.url}/api`)
  const played = await play(browser.page, { servers: servers('udp'), policy: 'relay', keep: 'host' })
  expect(played.local).toBe('relay')
})

test.each(['udp', 'tcp'] as const)(
  'a browser that knows only our relay, which we have over %s, plays through it',
  { timeout: 40_000 },
  async transport => {
    await browser.page.goto(`${behindFirewall.url}/api`)
    const played = await play(browser.page, { servers: servers(transport), policy: 'all', keep: 'relay' })
    expect(played.told.some(line => line.includes(' typ relay '))).toBe(true)
    expect(played.remote).toBe('relay')
  },
)
