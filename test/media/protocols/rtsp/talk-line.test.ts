import { describe, expect, test } from 'vitest'
import type { Talk } from '#media/core/producer.ts'
import { headerOf } from '#media/net/text-message.ts'
import { dialRtsp } from '#media/protocols/rtsp/rtsp-setup.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import { parseRtcp } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { answer, type CameraScript, goodCamera, h264AndPcmuSdp, ScriptedCamera } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'
import { pcmu, Voice } from '#test/helpers/voice.ts'

const speakers = ['m=audio 0 RTP/AVP 0 8', 'a=sendonly', 'a=control:back', ''].join('\r\n')
const withSpeaker: CameraScript = request => answer(request, '200 OK', [], h264AndPcmuSdp + speakers)

const scene = async (overrides: Readonly<Record<string, CameraScript>> = {}) => {
  const camera = await ScriptedCamera.start(goodCamera({ DESCRIBE: withSpeaker, ...overrides }))
  const clock = new HeldClock()
  const notes: SourceNote[] = []
  const source = parseRtspSource(parseSourceUrl(camera.url))
  const producer = await dialRtsp(source, dialContext({ clock, notes }), 'Sightline')
  const speaker = producer.medias.find(({ direction }) => direction === 'sendonly')!
  const talk = (voice: Voice, codec = speaker.codecs[0]!): Talk | undefined =>
    producer.talk(speaker, codec, voice.track)
  const end = async (): Promise<void> => {
    producer.close()
    await camera[Symbol.asyncDispose]()
  }
  return { camera, clock, notes, producer, talk, speaker, [Symbol.asyncDispose]: end }
}

/** Talks until the camera hears it. */
const heard = (voice: Voice, talk: Talk): Promise<void> =>
  until('the way to the speaker', () => {
    voice.say(255)
    return talk.sentCount > 0
  })

const packetsOf = (camera: ScriptedCamera): readonly RtpPacket[] =>
  camera.frames.filter(({ channel }) => channel === 0).map(({ payload }) => RtpPacket.parse(payload))

const openSessions = (camera: ScriptedCamera): number => camera.sockets.filter(socket => !socket.destroyed).length

describe('talking', () => {
  test('has a session of its own, with the speaker only', async () => {
    await using running = await scene()
    const { camera, producer } = running
    await producer.start()
    const voice = new Voice()
    const talk = running.talk(voice)!
    await heard(voice, talk)
    const own = camera.requests.filter(({ connection }) => connection === 1)
    expect(own.map(({ method, target }) => [method, target.replace(camera.url, '')])).toEqual([
      ['DESCRIBE', ''],
      ['SETUP', '/back'],
      ['PLAY', ''],
    ])
    expect(headerOf(own[0]!.headers, 'Require')).toBe('www.onvif.org/ver20/backchannel')
    expect(talk).toMatchObject({ codec: { name: 'PCMU' }, parentId: expect.any(Number) })
  })

  test('sends packets numbered on their own, in time, with the marker at the beginning and after a pause', async () => {
    await using running = await scene()
    const voice = new Voice()
    const talk = running.talk(voice)!
    await heard(voice, talk)
    for (const sample of [1, 2]) voice.say(sample)
    voice.pause(2000)
    for (const sample of [3, 4]) voice.say(sample)
    await until('all words', () => packetsOf(running.camera).length === 5)
    const packets = packetsOf(running.camera)
    const [first] = packets
    expect(packets.map(packet => packet.payload[0])).toEqual([255, 1, 2, 3, 4])
    expect(packets.map(packet => packet.marker)).toEqual([true, false, false, true, false])
    expect(packets.map(packet => (packet.sequenceNumber - first!.sequenceNumber) & 0xffff)).toEqual([0, 1, 2, 3, 4])
    expect(packets.map(packet => (packet.timestamp - first!.timestamp) >>> 0)).toEqual([0, 160, 320, 16_480, 16_640])
    expect(new Set(packets.map(packet => `${packet.ssrc} ${packet.payloadType}`)).size).toBe(1)
    expect(talk).toMatchObject({ sentCount: 5, sentBytes: 800 })
  })

  test('before the way is there is lost, and counted', async () => {
    await using running = await scene()
    const voice = new Voice()
    const talk = running.talk(voice)!
    voice.say(1)
    expect(talk).toMatchObject({ sentCount: 0, droppedCount: 1 })
  })

  test('is reported every five seconds', async () => {
    await using running = await scene()
    const voice = new Voice()
    await heard(voice, running.talk(voice)!)
    await running.clock.advance(5_000)
    await until('a report', () => running.camera.frames.some(({ channel }) => channel === 1))
    const report = running.camera.frames.find(({ channel }) => channel === 1)!
    expect(parseRtcp(report.payload)[0]).toMatchObject({ type: 'SR', packetCount: 1, octetCount: 160 })
  })

  test('ends with its session, and the pictures go on', async () => {
    await using running = await scene()
    const voice = new Voice()
    const talk = running.talk(voice)!
    await heard(voice, talk)
    expect(openSessions(running.camera)).toBe(2)
    talk[Symbol.dispose]()
    talk[Symbol.dispose]()
    expect((await running.camera.asked('TEARDOWN')).connection).toBe(1)
    await until('one session', () => openSessions(running.camera) === 1)
    voice.say(2)
    expect(talk.sentCount).toBe(1)
    expect(voice.track.idle).toBe(true)
  })

  test('that ends before the way is there leaves no session behind', async () => {
    await using running = await scene()
    running.talk(new Voice())![Symbol.dispose]()
    await until('a session that came late', () => running.camera.sockets.length === 2)
    await until('one session', () => openSessions(running.camera) === 1)
  })

  test('ends with the producer', async () => {
    await using running = await scene()
    const voice = new Voice()
    await heard(voice, running.talk(voice)!)
    running.producer.close()
    await until('no session', () => openSessions(running.camera) === 0)
    expect(voice.track.idle).toBe(true)
    expect(running.talk(new Voice())).toBeUndefined()
    expect(running.clock.timerCount).toBeLessThanOrEqual(2)
  })
})

describe('the newest talker', () => {
  test('takes over, in the same session', async () => {
    await using running = await scene()
    const [one, other] = [new Voice(), new Voice()]
    const first = running.talk(one)!
    await heard(one, first)
    const second = running.talk(other)!
    other.say(7)
    one.say(8)
    expect(second.sentCount).toBe(1)
    expect(first.sentCount).toBe(1)
    expect(one.track.idle).toBe(true)
    // The first one's end is not the second one's.
    first[Symbol.dispose]()
    other.say(9)
    expect(second.sentCount).toBe(2)
    expect(openSessions(running.camera)).toBe(2)
  })

  test('of another codec gets another session', async () => {
    await using running = await scene()
    const one = new Voice()
    await heard(one, running.talk(one)!)
    const other = new Voice({ ...pcmu, name: 'PCMA' })
    await heard(other, running.talk(other, running.speaker.codecs[1])!)
    await until('the second session', () => packetsOf(running.camera).at(-1)?.payloadType === 8)
    await until('only one of its own', () => openSessions(running.camera) === 2)
    expect(running.camera.sockets).toHaveLength(3)
  })
})

describe('nobody can talk', () => {
  test('in another codec, or where there is no speaker', async () => {
    await using running = await scene()
    expect(running.talk(new Voice({ ...pcmu, name: 'PCMA' }))).toBeUndefined()
    expect(running.talk(new Voice({ ...pcmu, clockRate: 16_000 }))).toBeUndefined()
    const [video] = running.producer.medias
    expect(running.producer.talk(video!, pcmu, new Voice().track)).toBeUndefined()
  })

  test('to a camera that refuses, which is noted, and tried again after five seconds', async () => {
    const SETUP: CameraScript = request =>
      request.target.endsWith('back')
        ? answer(request, '453 Not Enough Bandwidth')
        : answer(request, '200 OK', [['Session', '1']])
    await using running = await scene({ SETUP })
    const voice = new Voice()
    const talk = running.talk(voice)!
    const refused = () => running.notes.filter(({ code }) => code === 'backchannel_refused')
    await until('a note', () => refused().length === 1)
    expect(refused()[0]).toMatchObject({
      message: 'nobody can be heard at the camera: the camera answered SETUP with 453 Not Enough Bandwidth',
      details: { cause: 'camera_refused' },
    })
    voice.say(1)
    expect(running.camera.sockets).toHaveLength(2)
    await running.clock.advance(4_999)
    voice.say(1)
    await settled()
    expect(running.camera.sockets).toHaveLength(2)
    await running.clock.advance(1)
    voice.say(1)
    await until('another note', () => refused().length === 2)
    expect(talk).toMatchObject({ sentCount: 0, droppedCount: 3 })
  })

  test('to a camera whose speaker has gone', async () => {
    let count = 0
    const DESCRIBE: CameraScript = request =>
      count++ === 0 ? withSpeaker(request) : answer(request, '200 OK', [], h264AndPcmuSdp)
    await using running = await scene({ DESCRIBE })
    running.talk(new Voice())
    await until('a note', () => running.notes.length === 1)
    expect(running.notes[0]?.details).toEqual({ cause: 'no_speaker' })
  })

  test('in a session that the camera ended, until there is another', async () => {
    await using running = await scene()
    const voice = new Voice()
    const talk = running.talk(voice)!
    await heard(voice, talk)
    running.camera.sockets[1]!.destroy()
    await until('the end', () => {
      voice.say(1)
      return talk.droppedCount > 1
    })
    await running.clock.advance(5_000)
    await until('another session', () => {
      const before = talk.sentCount
      voice.say(2)
      return talk.sentCount > before
    })
    expect(running.camera.sockets).toHaveLength(3)
  })
})
