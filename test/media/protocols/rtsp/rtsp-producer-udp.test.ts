import { describe, expect, test } from 'vitest'
import type { PacketTrack } from '#media/core/track.ts'
import { CameraMemory } from '#media/protocols/rtsp/camera-memory.ts'
import type { RtspProducer } from '#media/protocols/rtsp/rtsp-producer.ts'
import { dialRtsp } from '#media/protocols/rtsp/rtsp-setup.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import { parseRtcp } from '#media/rtp/rtcp-packet.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { goodCamera, rtpPacket, ScriptedCamera } from '#test/helpers/scripted-camera.ts'
import { UdpCamera } from '#test/helpers/udp-camera.ts'
import { until } from '#test/helpers/until.ts'

const idr = Buffer.from([0x65, 1, 2, 3])

const scene = async (memory = new CameraMemory()) => {
  const packets = await UdpCamera.start()
  const camera = await ScriptedCamera.start(goodCamera({ SETUP: packets.setUp() }))
  const clock = new HeldClock()
  const notes: SourceNote[] = []
  const source = parseRtspSource(parseSourceUrl(`${camera.url}#transport=udp`))
  const producer = await dialRtsp(source, dialContext({ clock, notes }), 'Sightline', memory)
  const end = async (): Promise<void> => {
    producer.close()
    await Promise.all([camera[Symbol.asyncDispose](), packets[Symbol.asyncDispose]()])
  }
  return { packets, camera, clock, notes, producer, [Symbol.asyncDispose]: end }
}

/** Sequence numbers as they reach a track. */
const sequenceOf = (producer: RtspProducer, index: number): readonly number[] => {
  const seen: number[] = []
  const track = producer.track(producer.medias[index]!) as PacketTrack
  track.attach({ id: index, push: ({ packets }) => seen.push(...packets.map(one => one.sequenceNumber)) })
  return seen
}

describe('a camera over UDP', () => {
  test('has its packets put in order, each media for itself', async () => {
    await using running = await scene()
    const { producer, packets } = running
    const [video, audio] = [sequenceOf(producer, 0), sequenceOf(producer, 1)]
    await producer.start()
    packets.send(
      0,
      [1, 3, 2, 4].map(number => rtpPacket(96, number, idr)),
    )
    packets.send(1, [rtpPacket(0, 9, Buffer.alloc(160))])
    await until('all packets', () => video.length === 4 && audio.length === 1)
    expect(video).toEqual([1, 2, 3, 4])
    expect(producer.info.protocol).toBe('rtsp+udp')
    const beside = 4 * (12 + 4) + 172
    expect(producer.info.bytesReceived).toBe(running.camera.sockets[0]!.bytesWritten + beside)
  })

  test('is told every five seconds what came', async () => {
    await using running = await scene()
    const { producer, packets, clock } = running
    const video = sequenceOf(producer, 0)
    await producer.start()
    packets.send(
      0,
      [1, 2, 4].map(number => rtpPacket(96, number, idr)),
    )
    await until('the first two', () => video.length === 2)
    await clock.advance(4_900)
    packets.send(0, [rtpPacket(96, 5, idr)])
    const reports = () =>
      packets.received.flatMap(({ bytes, which }) => {
        if (which !== 'rtcp') return []
        return parseRtcp(bytes).filter(one => one.type === 'RR' && one.reports.length > 0)
      })
    await until('all but one', () => video.length === 4)
    await clock.advance(100)
    await until('a report', () => reports().length === 1)
    expect(reports()[0]).toMatchObject({ reports: [{ ssrc: 0xcafe, lostCount: 1, highestSequence: 5 }] })
  })

  test('is lost when no packet comes any more, whatever it answers', async () => {
    await using running = await scene()
    const { producer, packets, clock } = running
    const video = sequenceOf(producer, 0)
    await producer.start()
    packets.send(0, [rtpPacket(96, 1, idr)])
    await until('a packet', () => video.length === 1)
    await clock.advance(5_500)
    expect(await producer.closed).toMatchObject({ code: 'silent' })
    expect(running.notes).toEqual([])
  })

  test('from which nothing comes is asked over TCP the next time', async () => {
    const memory = new CameraMemory()
    await using running = await scene(memory)
    const { producer, clock, notes } = running
    await producer.start()
    await clock.advance(5_500)
    expect(await producer.closed).toMatchObject({ code: 'udp_silent' })
    expect(notes).toMatchObject([
      { code: 'transport_fallback', details: { from: 'udp', to: 'tcp', cause: 'udp_silent' } },
    ])
    expect(memory.lower(clock)).toBe('tcp')
  })

  test('leaves no port and no timer behind', async () => {
    await using running = await scene()
    const { producer, packets, clock } = running
    await producer.start()
    producer.close()
    packets.send(0, [rtpPacket(96, 1, idr)])
    await new Promise(resolve => running.camera.sockets[0]!.once('close', resolve))
    await clock.advance(1000)
    expect(clock.timerCount).toBe(0)
  })
})
