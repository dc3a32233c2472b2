import { describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { type PacketTrack, Track } from '#media/core/track.ts'
import { InterleavedPlayerCarrier } from '#media/protocols/rtsp/player-carrier.ts'
import { PlayerOutput } from '#media/protocols/rtsp/player-output.ts'
import { dialPlayer } from '#media/protocols/rtsp/player-udp.ts'
import { PlayerVoice, voiceCodecs } from '#media/protocols/rtsp/player-voice.ts'
import { RtspConsumer } from '#media/protocols/rtsp/rtsp-consumer.ts'
import { parseRtcp } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { parseMediaRequest } from '#media/streams/media-request.ts'
import { HandFedStream, h264, packetGroup, pcmu } from '#test/helpers/hand-fed-stream.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { rtpPacket } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'

const budget = { bytesMax: 1e8, bytesUsed: 0 }
const trackOf = (codec: Codec): PacketTrack => new Track({ form: 'packets', codec, budget })

class Scene {
  readonly clock = new HeldClock()
  readonly writes: Buffer[] = []
  /** Of the odd channels. */
  readonly reports: Buffer[] = []
  readonly connection = {
    // Something is always under way, so that what was written stays as it is.
    pendingBytes: 1,
    write: (bytes: Buffer) => void (bytes[1]! % 2 === 0 ? this.writes : this.reports).push(bytes),
  }
  readonly consumer: RtspConsumer
  readonly stream = new HandFedStream()

  constructor(query = 'video&audio') {
    this.consumer = new RtspConsumer({
      medias: parseMediaRequest(query),
      remoteAddress: '192.168.1.9:5000',
      userAgent: 'player',
      clock: this.clock,
    })
  }

  /** The player wants the track of this place. */
  setUp(index: number): void {
    const output = this.consumer.at(index)
    if (!(output instanceof PlayerOutput)) throw new TypeError(`no output at ${index}`)
    this.consumer.setUp(output, new InterleavedPlayerCarrier(this.connection, 2 * index))
  }

  /** Fed, described, and playing the tracks of these places. */
  async playing(...indexes: readonly number[]): Promise<this> {
    await this.stream.watch('porch', this.consumer)
    this.consumer.describe()
    for (const index of indexes) this.setUp(index)
    this.consumer.play()
    return this
  }

  get payloads(): readonly string[] {
    return this.writes.map(bytes => `${bytes[1]}:${RtpPacket.parse(bytes.subarray(4)).payload}`)
  }
}

test('a player is known by its connection', () => {
  expect(new Scene().consumer.info).toMatchObject({
    formatName: 'rtsp',
    protocol: 'rtsp+tcp',
    remoteAddress: '192.168.1.9:5000',
    userAgent: 'player',
  })
})

describe('tracks', () => {
  test('are described in the order in which they were attached', async () => {
    const { stream, consumer } = new Scene('audio&video')
    await stream.watch('porch', consumer)
    expect(consumer.describe()).toEqual([
      { codec: pcmu, payloadType: 96 },
      { codec: h264, payloadType: 97 },
    ])
    expect([0, 1, 2].map(index => consumer.at(index) instanceof PlayerOutput)).toEqual([true, true, false])
  })

  test('are held, and send nothing, until they play', async () => {
    const scene = new Scene()
    await scene.stream.watch('porch', scene.consumer)
    expect(scene.stream.idle).toBe(false)
    scene.stream.push(0, 'key')
    expect(scene.writes).toEqual([])
    expect(scene.consumer.senders.map(({ droppedCount }) => droppedCount)).toEqual([0, 0])
  })

  test('whose ports were still being bound when the player left bind none', async () => {
    const scene = new Scene()
    await scene.stream.watch('porch', scene.consumer)
    const output = scene.consumer.at(0) as PlayerOutput
    const carrier = await dialPlayer('RTP/AVP;unicast;client_port=5000-5001', '127.0.0.1:1', () => {})
    const bound = (): boolean => process.getActiveResourcesInfo().includes('UDPWrap')
    expect(bound()).toBe(true)
    scene.consumer.close()
    scene.consumer.setUp(output, carrier!)
    await until('the ports are free', () => !bound())
  })

  test('that nobody set up are let go', async () => {
    const scene = await new Scene().playing(0)
    expect(scene.stream.tracks.map(track => track.idle)).toEqual([false, true])
  })

  test('of access units are made into packets', async () => {
    const scene = new Scene()
    const units = new Track<AccessUnit, 'units'>({ form: 'units', codec: h264, budget })
    scene.consumer.attach(scene.consumer.medias[0]!, units)
    expect(scene.consumer.describe()).toMatchObject([{ codec: { name: 'H264' }, payloadType: 96 }])
    scene.consumer.close()
    expect(units.idle).toBe(true)
  })

  test('of access units that cannot be made into packets are left out', () => {
    const scene = new Scene()
    const codec = { ...h264, name: 'WMV3' }
    const units = new Track<AccessUnit, 'units'>({ form: 'units', codec, budget })
    scene.consumer.attach(scene.consumer.medias[0]!, units)
    expect(scene.consumer.describe()).toEqual([])
  })

  test('cannot be added once the player knows them', async () => {
    const scene = new Scene()
    scene.consumer.describe()
    scene.consumer.attach(scene.consumer.medias[0]!, trackOf(h264))
    expect(scene.consumer.senders).toEqual([])
  })
})

describe('playing', () => {
  test('begins with a keyframe for video and at once for audio', async () => {
    const scene = await new Scene().playing(0, 1)
    scene.stream.push(0, 'p', false)
    scene.stream.push(1, 'a')
    scene.stream.push(0, 'k')
    scene.stream.push(0, 'p', false)
    expect(scene.payloads).toEqual(['2:a', '0:k', '0:p'])
    expect(scene.consumer.info.bytesSent).toBe(scene.writes.reduce((sum, bytes) => sum + bytes.length, 0))
    expect(scene.consumer.senders.map(({ sentCount }) => sentCount)).toEqual([2, 1])
  })

  test('writes the agreed payload type and the track’s own numbering', async () => {
    const scene = await new Scene().playing(0, 1)
    scene.stream.push(1, 'a')
    const packet = RtpPacket.parse(scene.writes[0]!.subarray(4))
    expect(packet).toMatchObject({ payloadType: 97, ssrc: 77, sequenceNumber: 1001 })
  })

  test('shares one piece of memory among players of the same form', async () => {
    const [first, second] = [new Scene(), new Scene()]
    const { stream } = first
    for (const scene of [first, second]) {
      await stream.watch('porch', scene.consumer)
      scene.consumer.describe()
      scene.setUp(0)
      scene.consumer.play()
    }
    stream.push(0, 'k')
    expect(first.writes[0]).toBe(second.writes[0])
  })

  test('drops to the next keyframe while the player is too slow', async () => {
    const scene = await new Scene().playing(0)
    scene.stream.push(0, 'k1')
    scene.connection.pendingBytes = 2 * 1024 * 1024
    scene.stream.push(0, 'p', false)
    scene.connection.pendingBytes = 0
    scene.stream.push(0, 'p', false)
    scene.stream.push(0, 'k2')
    expect(scene.payloads).toEqual(['0:k1', '0:k2'])
  })

  test('ends when the player takes nothing for ten seconds', async () => {
    const scene = await new Scene().playing(0)
    scene.connection.pendingBytes = 2 * 1024 * 1024
    scene.stream.push(0, 'k')
    await scene.clock.advance(10_001)
    scene.stream.push(0, 'k')
    expect(await scene.consumer.closed).toMatchObject({ code: 'viewer_stuck' })
    expect(scene.stream.idle).toBe(true)
  })

  test('stops and goes on', async () => {
    const scene = await new Scene().playing(0)
    scene.stream.push(0, 'k1')
    scene.consumer.pause()
    scene.stream.push(0, 'k2')
    expect(scene.stream.idle).toBe(false)
    scene.consumer.play()
    scene.stream.push(0, 'k3')
    expect(scene.payloads).toEqual(['0:k1', '0:k3'])
  })
})

describe('sender reports', () => {
  test('come before the first packet and every five seconds, and tie each track’s time to one wall clock', async () => {
    const scene = await new Scene().playing(0, 1)
    expect(scene.reports).toEqual([])
    scene.stream.push(0, 'k')
    scene.stream.push(1, 'a')
    expect(scene.reports.map(bytes => bytes[1])).toEqual([1, 3])
    await scene.clock.advance(5_000)
    expect(scene.reports.map(bytes => bytes[1])).toEqual([1, 3, 1, 3])
    const reports = scene.reports.map(bytes => parseRtcp(bytes.subarray(4)))
    const senders = reports.flatMap(packets => packets.flatMap(packet => (packet.type === 'SR' ? [packet] : [])))
    expect(senders.map(({ ssrc, packetCount, rtpTimestamp }) => [ssrc, packetCount, rtpTimestamp])).toEqual([
      [77, 0, 90_000],
      [77, 0, 8_000],
      [77, 1, 540_000],
      [77, 1, 48_000],
    ])
    expect(senders[0]!.ntpTime).toEqual(senders[1]!.ntpTime)
    const names = reports.map(packets => packets.find(packet => packet.type === 'SDES'))
    expect(new Set(names.map(name => name?.sources[0]?.canonicalName)).size).toBe(1)
    scene.consumer.close()
    expect(scene.clock.timerCount).toBe(0)
  })
})

describe('a voice', () => {
  const voice = { kind: 'audio', direction: 'recvonly', codecs: voiceCodecs, id: 'voice' } as const

  test('is described behind what is sent, and its packets become a track', async () => {
    const scene = new Scene()
    await scene.stream.watch('porch', scene.consumer)
    const track = scene.consumer.track(voice, { ...pcmu, channels: 1 })!
    expect(scene.consumer.describe().at(-1)).toMatchObject({ direction: 'sendonly', payloadType: 98 })
    const heard: string[] = []
    track.attach({ id: 1, push: (group: PacketGroup) => heard.push(String(group.packets[0]!.payload)) } as never)
    const place = scene.consumer.at(2)
    if (!(place instanceof PlayerVoice)) throw new TypeError('no voice')
    place.push(rtpPacket(98, 1, Buffer.from('hello')))
    place.push(Buffer.from('no packet'))
    expect([heard, place.brokenCount]).toEqual([['hello'], 1])
    expect(scene.consumer.track(voice, { ...pcmu, channels: 1 })).toBe(track)
    scene.consumer.close()
  })
})

describe('another track in place of one', () => {
  test('is accepted when it is of the same codec', async () => {
    const { consumer } = await new Scene().playing(0)
    const [video] = consumer.medias
    expect(consumer.accepts(video!, { ...h264, payloadType: 99 })).toBe(true)
    expect(consumer.accepts(video!, { ...h264, name: 'H265' })).toBe(false)
  })

  test('takes over at its first keyframe', async () => {
    const scene = await new Scene().playing(0)
    const track = trackOf(h264)
    scene.stream.push(0, 'old')
    scene.consumer.attach(scene.consumer.medias[0]!, track)
    track.push(packetGroup(35, 1, 'new p', false))
    scene.stream.push(0, 'old p', false)
    track.push(packetGroup(35, 2, 'new', true))
    scene.stream.push(0, 'too late', false)
    expect(scene.payloads).toEqual(['0:old', '0:old p', '0:new'])
    expect(scene.stream.idle).toBe(true)
  })

  test('is held in its place while nothing plays', async () => {
    const scene = new Scene()
    await scene.stream.watch('porch', scene.consumer)
    const track = trackOf(h264)
    scene.consumer.attach(scene.consumer.medias[0]!, track)
    expect([track.idle, scene.stream.tracks[0]?.idle]).toEqual([false, true])
    scene.consumer.describe()
    scene.setUp(0)
    scene.consumer.play()
    track.push(packetGroup(35, 2, 'new', true))
    expect(scene.payloads).toEqual(['0:new'])
  })

  test('is not taken where the player did not want any', async () => {
    const scene = await new Scene().playing(0)
    const track = trackOf(pcmu)
    scene.consumer.attach(scene.consumer.medias[1]!, track)
    expect(track.idle).toBe(true)
  })
})

describe('the end', () => {
  test.each([['held'], ['playing']])('lets go of tracks that are %s', async state => {
    const scene = new Scene()
    if (state === 'held') await scene.stream.watch('porch', scene.consumer)
    else await scene.playing(0, 1)
    scene.consumer.close()
    scene.consumer.close()
    expect(scene.stream.idle).toBe(true)
    scene.consumer.attach(scene.consumer.medias[0]!, scene.stream.tracks[0]!)
    expect(scene.stream.idle).toBe(true)
    expect(scene.consumer.ended).toBe(true)
  })
})
