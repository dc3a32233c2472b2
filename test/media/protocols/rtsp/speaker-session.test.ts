import { describe, expect, test } from 'vitest'
import type { Media } from '#media/core/media.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import { SpeakerSession } from '#media/protocols/rtsp/speaker-session.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { answer, type CameraScript, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'
import { UdpCamera } from '#test/helpers/udp-camera.ts'
import { until } from '#test/helpers/until.ts'
import { pcmu } from '#test/helpers/voice.ts'

const speaker: Media = { kind: 'audio', direction: 'sendonly', codecs: [{ ...pcmu, payloadType: 0 }], id: 'back' }
const sdp = 'v=0\r\nm=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n'

const cameraWith = (overrides: Readonly<Record<string, CameraScript>> = {}): Promise<ScriptedCamera> =>
  ScriptedCamera.start(goodCamera({ DESCRIBE: request => answer(request, '200 OK', [], sdp), ...overrides }))

const open = (url: string, { clock = new HeldClock(), lower = 'tcp' as 'tcp' | 'udp' } = {}): Promise<SpeakerSession> =>
  SpeakerSession.open({
    source: parseRtspSource(parseSourceUrl(url)),
    context: dialContext({ clock }),
    userAgent: 'Sightline',
    backchannel: true,
    media: speaker,
    codec: speaker.codecs[0]!,
    lower,
    onlyLower: false,
  })

test('a session sends over UDP where the camera does', async () => {
  await using packets = await UdpCamera.start()
  await using camera = await cameraWith({ SETUP: packets.setUp() })
  using session = await open(camera.url, { lower: 'udp' })
  session.send({ payload: Buffer.from('word'), timestamp: 7, marker: true })
  await until('it', () => packets.received.length === 1)
  const packet = RtpPacket.parse(packets.received[0]!.bytes)
  expect([packet.payload.toString(), packet.timestamp, packet.marker, packet.payloadType]).toEqual(['word', 7, true, 0])
})

describe('a session ends', () => {
  test('when it is closed, and tells the camera, and sends nothing more', async () => {
    await using camera = await cameraWith()
    const clock = new HeldClock()
    const session = await open(camera.url, { clock })
    session.close()
    session.close()
    session.send({ payload: Buffer.from('word'), timestamp: 7, marker: true })
    await camera.asked('TEARDOWN')
    expect(await session.closed).toMatchObject({ code: 'done' })
    await new Promise(resolve => camera.sockets[0]!.once('close', resolve).resume())
    await clock.advance(1000)
    expect(clock.timerCount).toBe(0)
    expect(camera.frames).toEqual([])
  })

  test('when the camera ends it', async () => {
    await using camera = await cameraWith()
    using session = await open(camera.url)
    camera.sockets[0]!.end()
    expect(await session.closed).toMatchObject({ code: 'closed_by_peer' })
    expect(session.ended).toBe(true)
  })
})

describe('a session that cannot be had', () => {
  const rows: readonly (readonly [string, string, Readonly<Record<string, CameraScript>>])[] = [
    ['no speaker', 'no_speaker', { DESCRIBE: request => answer(request, '200 OK', [], 'v=0\r\n') }],
    ['no description', 'garbled', { DESCRIBE: request => answer(request, '200 OK', [], 'x') }],
    ['refused', 'camera_refused', { SETUP: request => answer(request, '453 Not Enough Bandwidth') }],
    ['not played', 'camera_refused', { PLAY: request => answer(request, '455 Method Not Valid') }],
    ['a password', 'password_needed', { DESCRIBE: request => answer(request, '401 Unauthorized') }],
  ]

  test.each(rows)('leaves nothing behind: %s', async (_name, code, overrides) => {
    await using camera = await cameraWith(overrides)
    await expect(open(camera.url)).rejects.toMatchObject({ code })
    await until('no connection', () => camera.sockets.every(socket => socket.destroyed))
  })
})
