import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEngine, type Engine, parseRemoteDescription } from '#media'
import type { Producer } from '#media/core/producer.ts'
import { WebRtcPort } from '#media/protocols/webrtc/webrtc-port.ts'
import { webRtcScheme } from '#media/protocols/webrtc/webrtc-scheme.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HttpCamera } from '#test/helpers/http-camera.ts'
import { until } from '#test/helpers/until.ts'

const demoClip = new URL('../../../../src/media/protocols/demo/clip.mp4', import.meta.url).pathname

let engine: Engine
let port: WebRtcPort

beforeEach(async () => {
  engine = createEngine({ rtsp: { listen: '' }, webrtc: { listen: '127.0.0.1:0' }, demoClip })
  engine.setStream({ id: '1', name: 'demo', sources: [engine.checkSource('demo:')] })
  await engine.listen()
  const clock = systemClock
  port = await WebRtcPort.open({
    ...{ listen: '127.0.0.1:0', candidates: [], iceServers: [], filters: {}, clock, logger: silentLogger },
  })
})

afterEach(async () => {
  port[Symbol.dispose]()
  await engine[Symbol.asyncDispose]()
})

const dial = (url: string, context = dialContext({ clock: systemClock })): Promise<Producer> =>
  webRtcScheme({ userAgent: 'test', port: () => port }).dial(parseSourceUrl(`webrtc:${url}`), context)

/** WHEP as our own server has it; the answer may be changed on its way. */
const whep = (change: (answer: string) => string = answer => answer): Promise<HttpCamera> =>
  HttpCamera.start({
    '/whep': async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const consumer = await engine.watchWebRtc('demo', {
        offer: parseRemoteDescription(Buffer.concat(chunks).toString()),
        ...{ formatName: 'webrtc/whep', protocol: 'http', remoteAddress: '', userAgent: '' },
      })
      response.writeHead(201).end(change(await consumer.answer(true)))
    },
  })

test('another server’s pictures come from a keyframe on, and it is left in the end', async () => {
  await using server = await whep()
  using producer = await dial(server.at('/whep'))
  const [media] = producer.medias
  expect(producer.medias.map(({ kind, codecs }) => [kind, ...codecs.map(({ name }) => name)])).toEqual([
    ['video', 'H264'],
  ])
  expect(producer.info).toMatchObject({ formatName: 'webrtc/whep', protocol: 'http+udp', url: server.at('/whep') })
  const groups: boolean[] = []
  producer.track(media!)!.attach({ id: 1, push: ({ keyframe }) => groups.push(keyframe) })
  await until('a keyframe', () => groups.includes(true))
  producer.close()
  await until('the other server to be left', () => engine.streamByName('demo')?.consumers.length === 0)
  expect(port.counts).toMatchObject({ sessions: 0 })
})

test.each([
  ['an answer that is none', () => 'rubbish', 'bad_answer'],
  [
    'one of somebody else',
    (answer: string) => answer.replace(/(a=fingerprint:sha-256 )\S\S/g, '$100'),
    'wrong_certificate',
  ],
])('%s is refused with its reason', async (_name, change, code) => {
  await using server = await whep(change)
  await expect(dial(server.at('/whep'))).rejects.toMatchObject({ code })
  expect(port.counts).toMatchObject({ sessions: 0 })
})

test('a dial that is given up is over at once', async () => {
  await using server = await HttpCamera.start({ '/whep': () => {} })
  const abort = new AbortController()
  const dialing = dial(server.at('/whep'), { ...dialContext({ clock: systemClock }), signal: abort.signal })
  await until('the question', () => server.requests.length > 0)
  abort.abort()
  await expect(dialing).rejects.toMatchObject({ code: 'closed' })
  expect(port.counts).toMatchObject({ sessions: 0 })
})

test('without a port of WebRTC it says where to turn it on', async () => {
  const scheme = webRtcScheme({ userAgent: 'test', port: () => undefined })
  const source = parseSourceUrl('webrtc:http://127.0.0.1:1/whep')
  await expect(scheme.dial(source, dialContext())).rejects.toThrow('webrtc.listen')
})
