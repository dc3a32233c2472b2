import { describe, expect, test } from 'vitest'
import type { PacketGroup } from '#media/core/packet-group.ts'
import type { PacketTrack } from '#media/core/track.ts'
import { headerOf } from '#media/net/text-message.ts'
import type { RtspProducer } from '#media/protocols/rtsp/rtsp-producer.ts'
import { dialRtsp } from '#media/protocols/rtsp/rtsp-setup.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import { parseRtcp } from '#media/rtp/rtcp-packet.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import {
  answer,
  type CameraScript,
  frame,
  goodCamera,
  rtpPacket,
  ScriptedCamera,
} from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

const idrSlice = Buffer.from([0x65, 1, 2, 3])

class Watched {
  readonly groups: PacketGroup[] = []
  readonly #waiting: (() => void)[] = []

  constructor(producer: RtspProducer, kind: 'video' | 'audio') {
    const media = producer.medias.find(one => one.kind === kind)!
    const track = producer.track(media) as PacketTrack
    track.attach({
      id: 1,
      push: group => {
        this.groups.push(group)
        for (const resolve of this.#waiting.splice(0)) resolve()
      },
    })
  }

  async count(count: number): Promise<void> {
    while (this.groups.length < count) await new Promise<void>(resolve => this.#waiting.push(resolve))
  }
}

interface Scene {
  readonly camera: ScriptedCamera
  readonly producer: RtspProducer
  readonly clock: HeldClock
  readonly logger: RecordingLogger
  readonly notes: readonly SourceNote[]
}

const scene = async (overrides: Readonly<Record<string, CameraScript>> = {}): Promise<Scene & AsyncDisposable> => {
  const notes: SourceNote[] = []
  const camera = await ScriptedCamera.start(goodCamera(overrides))
  const clock = new HeldClock()
  const logger = new RecordingLogger()
  const source = parseRtspSource(parseSourceUrl(camera.url))
  const producer = await dialRtsp(source, dialContext({ clock, logger, notes }), 'Sightline')
  const end = async (): Promise<void> => {
    producer.close()
    await camera[Symbol.asyncDispose]()
  }
  return { camera, producer, clock, logger, notes, [Symbol.asyncDispose]: end }
}

const playing =
  (...frames: readonly Buffer[]): CameraScript =>
  request =>
    Buffer.concat([answer(request, '200 OK'), ...frames])

describe('playing', () => {
  test('hands the packets of each channel to its track', async () => {
    const PLAY = playing(
      frame(0, rtpPacket(96, 1, idrSlice)),
      frame(1, Buffer.from('80c80000', 'hex')),
      frame(2, rtpPacket(0, 7, Buffer.alloc(160))),
      frame(9, rtpPacket(96, 1, idrSlice)),
    )
    await using running = await scene({ PLAY })
    const [video, audio] = [new Watched(running.producer, 'video'), new Watched(running.producer, 'audio')]
    await running.producer.start()
    await Promise.all([video.count(1), audio.count(1)])
    expect(video.groups).toHaveLength(1)
    expect(video.groups[0]).toMatchObject({ keyframe: true, numbering: { ssrc: 100 } })
    expect(audio.groups[0]?.packets[0]?.payload).toHaveLength(160)
    expect(running.producer.info.bytesReceived).toBe(running.camera.sockets[0]!.bytesWritten)
  })

  test('uses the channels the camera answered', async () => {
    const SETUP: CameraScript = request =>
      answer(request, '200 OK', [
        ['Session', '1'],
        ['Transport', `RTP/AVP;unicast;interleaved=${request.target.endsWith('0') ? '6-7' : '4'}`],
      ])
    await using running = await scene({ SETUP, PLAY: playing(frame(6, rtpPacket(96, 1, idrSlice))) })
    const video = new Watched(running.producer, 'video')
    await running.producer.start()
    await video.count(1)
  })

  test('takes another payload type than announced where there is one codec only', async () => {
    await using running = await scene({ PLAY: playing(frame(0, rtpPacket(35, 1, idrSlice))) })
    const video = new Watched(running.producer, 'video')
    await running.producer.start()
    await video.count(1)
  })

  test('pushes nothing before it is started', async () => {
    const SETUP: CameraScript = request =>
      Buffer.concat([answer(request, '200 OK', [['Session', '1']]), frame(0, rtpPacket(96, 1, idrSlice))])
    await using running = await scene({ SETUP, PLAY: playing(frame(0, rtpPacket(96, 2, idrSlice))) })
    const video = new Watched(running.producer, 'video')
    await running.producer.start()
    await video.count(1)
    expect(video.groups[0]?.packets[0]?.sequenceNumber).toBe(2)
  })

  test('begins once, however often it is asked to', async () => {
    await using running = await scene()
    await Promise.all([running.producer.start(), running.producer.start()])
    expect(running.camera.methods.filter(method => method === 'PLAY')).toHaveLength(1)
  })

  test('has begun when packets come without an answer', async () => {
    await using running = await scene({ PLAY: () => frame(0, rtpPacket(96, 1, idrSlice)) })
    await running.producer.start()
  })

  test('that is refused is told so', async () => {
    await using running = await scene({ PLAY: request => answer(request, '455 Method Not Valid') })
    await expect(running.producer.start()).rejects.toMatchObject({ code: 'camera_refused' })
  })

  test('survives packets that are broken, and tells how many', async () => {
    const PLAY = playing(
      frame(0, Buffer.from('00', 'hex')),
      frame(2, Buffer.alloc(0)),
      frame(0, rtpPacket(96, 1, idrSlice)),
    )
    await using running = await scene({ PLAY })
    const video = new Watched(running.producer, 'video')
    await running.producer.start()
    await video.count(1)
    await running.clock.advance(1000)
    expect(running.logger.of('warn')).toEqual(['warn broken packets dropped {"count":2}'])
  })

  test('survives garbage between packets, and tells how much', async () => {
    const PLAY = playing(
      frame(0, rtpPacket(96, 1, idrSlice)),
      Buffer.from('lost in the middle'),
      frame(0, rtpPacket(96, 2, idrSlice)),
    )
    await using running = await scene({ PLAY })
    const video = new Watched(running.producer, 'video')
    await running.producer.start()
    await video.count(2)
    await running.clock.advance(1000)
    expect(running.logger.of('warn')).toEqual(['warn bytes of garbage between packets passed over {"count":18}'])
  })
})

describe('what came of its packets', () => {
  test('is told to the camera every five seconds, beside them', async () => {
    const PLAY = playing(frame(0, rtpPacket(96, 1, idrSlice)), frame(0, rtpPacket(96, 3, idrSlice)))
    await using running = await scene({ PLAY })
    const video = new Watched(running.producer, 'video')
    await running.producer.start()
    await video.count(2)
    const { camera, clock } = running
    await clock.advance(4_500)
    expect(camera.frames).toEqual([])
    camera.sockets[0]!.write(frame(9, Buffer.alloc(4)))
    await clock.advance(500)
    await until('a report', () => camera.frames.length === 1)
    expect(camera.frames[0]?.channel).toBe(1)
    expect(parseRtcp(camera.frames[0]!.payload)).toMatchObject([
      { type: 'RR', reports: [{ ssrc: 0xcafe, lostCount: 1, highestSequence: 3, fractionLost: 85 }] },
      { type: 'SDES', sources: [{ canonicalName: expect.stringMatching(/./) }] },
    ])
  })

  test('is noted once a minute, where some are missing', async () => {
    const PLAY = playing(frame(0, rtpPacket(96, 1, idrSlice)), frame(0, rtpPacket(96, 4, idrSlice)))
    await using running = await scene({ PLAY })
    const { producer, camera, clock } = running
    const video = new Watched(producer, 'video')
    await producer.start()
    await video.count(2)
    for (let second = 0; second < 120; second++) {
      const before = producer.info.bytesReceived
      camera.sockets[0]!.write(frame(9, Buffer.alloc(4)))
      while (producer.info.bytesReceived === before) await settled()
      await clock.advance(1_000)
    }
    expect(running.notes).toEqual([
      {
        code: 'packets_lost',
        message: '2 packets of the camera did not arrive within a minute',
        details: { count: 2, seconds: 60 },
      },
    ])
  })
})

describe('the session is kept alive', () => {
  const keepAlives = async (given: Scene, method: string, count: number): Promise<void> => {
    const { camera, producer, clock } = given
    while (camera.methods.filter(one => one === method).length < count) {
      // Data all the while, so that the camera does not count as silent.
      const before = producer.info.bytesReceived
      camera.sockets[0]!.write(frame(1, Buffer.alloc(4)))
      while (producer.info.bytesReceived === before) await settled()
      await clock.advance(500)
    }
  }

  test('five seconds before its end', async () => {
    await using running = await scene()
    await running.producer.start()
    const before = running.clock.now()
    await keepAlives(running, 'OPTIONS', 1)
    expect(running.clock.now() - before).toBeGreaterThanOrEqual(55_000)
    expect(headerOf((await running.camera.asked('OPTIONS')).headers, 'Session')).toBe('4711')
  })

  test('every 25 seconds when the camera does not say how long it lasts', async () => {
    const SETUP: CameraScript = request => answer(request, '200 OK', [['Session', '4711']])
    await using running = await scene({ SETUP })
    await running.producer.start()
    const before = running.clock.now()
    await keepAlives(running, 'OPTIONS', 1)
    expect(running.clock.now() - before).toBeGreaterThanOrEqual(25_000)
    expect(running.clock.now() - before).toBeLessThan(50_000)
  })

  test('in another way when the camera does not like the first', async () => {
    await using running = await scene({ OPTIONS: request => answer(request, '405 Method Not Allowed') })
    await running.producer.start()
    await keepAlives(running, 'GET_PARAMETER', 1)
  })
})

describe('the end', () => {
  test('is told to the camera', async () => {
    await using running = await scene()
    await running.producer.start()
    running.producer.close()
    running.producer.close()
    const { target, headers } = await running.camera.asked('TEARDOWN')
    expect(target).toBe(running.camera.url)
    expect(headerOf(headers, 'Session')).toBe('4711')
    expect(await running.producer.closed).toMatchObject({ code: 'done' })
  })

  test('leaves no timer behind', async () => {
    await using running = await scene()
    await running.producer.start()
    running.producer.close()
    await new Promise(resolve => running.camera.sockets[0]!.once('close', resolve))
    await running.clock.advance(1000)
    expect(running.clock.timerCount).toBe(0)
  })

  test('comes when the camera hangs up', async () => {
    await using running = await scene()
    await running.producer.start()
    running.camera.sockets[0]!.end()
    expect(await running.producer.closed).toMatchObject({ code: 'camera_closed' })
  })

  test('comes when the camera says nothing for five seconds', async () => {
    await using running = await scene()
    await running.producer.start()
    await running.clock.advance(4_500)
    expect(running.camera.methods).not.toContain('TEARDOWN')
    await running.clock.advance(1_500)
    expect(await running.producer.closed).toMatchObject({ code: 'silent' })
  })

  test('does not come before it has begun', async () => {
    await using running = await scene()
    await running.clock.advance(60_000)
    expect(running.clock.timerCount).toBe(0)
    await running.producer.start()
  })
})
