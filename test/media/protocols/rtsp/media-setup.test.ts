import { describe, expect, test } from 'vitest'
import { headerOf } from '#media/net/text-message.ts'
import { CameraMemory } from '#media/protocols/rtsp/camera-memory.ts'
import type { RtspProducer } from '#media/protocols/rtsp/rtsp-producer.ts'
import { dialRtsp } from '#media/protocols/rtsp/rtsp-setup.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { answer, type CameraScript, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'
import { UdpCamera } from '#test/helpers/udp-camera.ts'

const dial = (url: string, notes: SourceNote[] = [], memory?: CameraMemory): Promise<RtspProducer> =>
  dialRtsp(parseRtspSource(parseSourceUrl(url)), dialContext({ notes }), 'Sightline', memory)

const askedTransports = (camera: ScriptedCamera): readonly string[] =>
  camera.requests.flatMap(({ method, headers }) =>
    method === 'SETUP' ? [headerOf(headers, 'Transport')!.replace(/\d+-\d+$/, 'n')] : [],
  )

const [tcp, udp] = ['RTP/AVP/TCP;unicast;interleaved=n', 'RTP/AVP;unicast;client_port=n']

/** Says no to what does not match. */
const takesOnly =
  (way: RegExp, otherwise: CameraScript): CameraScript =>
  request =>
    way.test(headerOf(request.headers, 'Transport') ?? '')
      ? otherwise(request)
      : answer(request, '461 Unsupported Transport')

describe('a camera that sends one way only is asked that way', () => {
  test('over UDP, when it refuses TCP', async () => {
    await using packets = await UdpCamera.start()
    await using camera = await ScriptedCamera.start(goodCamera({ SETUP: takesOnly(/client_port/, packets.setUp()) }))
    const notes: SourceNote[] = []
    const memory = new CameraMemory()
    using producer = await dial(camera.url, notes, memory)
    expect(producer.info.protocol).toBe('rtsp+udp')
    expect(askedTransports(camera)).toEqual([tcp, udp, udp])
    expect(notes).toEqual([
      {
        code: 'transport_fallback',
        message: 'the camera does not send over TCP: it does over UDP',
        details: { from: 'tcp', to: 'udp', status: 461 },
      },
    ])
    using _again = await dial(camera.url, notes, memory)
    expect(askedTransports(camera).slice(3)).toEqual([udp, udp])
    expect(notes).toHaveLength(1)
  })

  test('over TCP, when it refuses UDP', async () => {
    const good = goodCamera()
    await using camera = await ScriptedCamera.start(goodCamera({ SETUP: takesOnly(/interleaved/, good) }))
    const notes: SourceNote[] = []
    using producer = await dial(`${camera.url}#transport=udp`, notes)
    expect(producer.info.protocol).toBe('rtsp+tcp')
    expect(askedTransports(camera)).toEqual([udp, tcp, tcp])
    expect(notes.map(({ code }) => code)).toEqual(['transport_fallback'])
  })

  test('over UDP, when it answers TCP with its ports', async () => {
    await using packets = await UdpCamera.start()
    const SETUP: CameraScript = request =>
      headerOf(request.headers, 'Transport')?.includes('client_port')
        ? packets.setUp()(request)
        : answer(request, '200 OK', [['Transport', `RTP/AVP;unicast;server_port=${packets.serverPort}`]])
    await using camera = await ScriptedCamera.start(goodCamera({ SETUP }))
    using producer = await dial(camera.url)
    expect(producer.info.protocol).toBe('rtsp+udp')
  })

  test('and inside the connection, when it answers UDP with channels', async () => {
    const SETUP: CameraScript = request =>
      answer(request, '200 OK', [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']])
    await using camera = await ScriptedCamera.start(goodCamera({ SETUP }))
    using producer = await dial(`${camera.url}#transport=udp`)
    expect(producer.info.protocol).toBe('rtsp+tcp')
  })

  test('and is told so when it takes neither', async () => {
    const SETUP: CameraScript = request => answer(request, '461 Unsupported Transport')
    await using camera = await ScriptedCamera.start(goodCamera({ SETUP }))
    const notes: SourceNote[] = []
    await expect(dial(`${camera.url}#media=video`, notes)).rejects.toMatchObject({ code: 'camera_refused' })
    expect(askedTransports(camera)).toEqual([tcp, udp])
    expect(notes).toEqual([
      {
        code: 'setup_refused',
        message: 'the camera does not give its video: it answered SETUP with 461 Unsupported Transport',
        details: { method: 'SETUP', status: 461, media: 'video', codec: 'H264' },
      },
    ])
  })
})

test('a media that is refused is noted, and the others are taken', async () => {
  const good = goodCamera()
  const SETUP: CameraScript = request =>
    request.target.endsWith('1') ? answer(request, '403 Forbidden') : good(request)
  await using camera = await ScriptedCamera.start(goodCamera({ SETUP }))
  const notes: SourceNote[] = []
  using producer = await dial(camera.url, notes)
  expect(producer.medias.map(({ kind }) => kind)).toEqual(['video'])
  expect(notes).toMatchObject([{ code: 'setup_refused', details: { status: 403, media: 'audio', codec: 'PCMU' } }])
})

test('medias for which the camera answers the same channels keep those they were asked for', async () => {
  const SETUP: CameraScript = request =>
    answer(request, '200 OK', [['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1']])
  await using camera = await ScriptedCamera.start(goodCamera({ SETUP }))
  using producer = await dial(camera.url)
  expect(producer.medias).toHaveLength(2)
})
