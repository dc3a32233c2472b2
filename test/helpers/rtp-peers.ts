import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { asPackets, asUnits } from '#media/codecs/adapt.ts'
import { PacketAssembler } from '#media/codecs/packet-assembler.ts'
import { codecSpec } from '#media/codecs/registry.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import type { Consumer } from '#media/core/consumer.ts'
import { type PacketTrack, Track, type UnitTrack } from '#media/core/track.ts'
import { RtspServer } from '#media/protocols/rtsp/rtsp-server.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { plan } from '#media/streams/negotiation.ts'
import { convert, runProgram } from '#test/helpers/ffmpeg.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { until } from '#test/helpers/until.ts'

const budget = { bytesMax: 1e9, bytesUsed: 0 }

/** The way of packets from a camera to access units. `packet.payloadType` must be the codec's. */
export class Receiver {
  readonly units: AccessUnit[] = []
  readonly #assembler: PacketAssembler

  constructor(codec: Codec) {
    const track: PacketTrack = new Track({ form: 'packets', codec, budget })
    asUnits(track)!.attach({ id: 1, push: unit => this.units.push(unit) })
    const continuity = { ssrc: 1, nextSequenceNumber: 0 }
    this.#assembler = new PacketAssembler({ track, codec, spec: codecSpec(codec.name), clock: systemClock, continuity })
  }

  push(packet: RtpPacket): void {
    this.#assembler.push(packet)
  }
}

/** The access units of packets as they came. */
export const unitsOfPackets = (codec: Codec, packets: readonly RtpPacket[]): readonly AccessUnit[] => {
  const receiver = new Receiver(codec)
  for (const packet of packets) receiver.push(packet)
  return receiver.units
}

/** Access units as the packets that leave. */
export const packetsOfUnits = (codec: Codec, units: readonly AccessUnit[]): readonly RtpPacket[] => {
  const source: UnitTrack = new Track({ form: 'units', codec, budget })
  const packets: RtpPacket[] = []
  asPackets(source)!.attach({ id: 1, push: group => packets.push(...group.packets) })
  for (const unit of units) source.push(unit)
  return packets
}

/** RTCP where RTP would have marker and payload type (RFC 5761 §4). */
const isRtcp = (datagram: Buffer): boolean => datagram[1]! >= 192 && datagram[1]! <= 223

/** The access units of what ffmpeg sends by RTP over UDP, with payload type 97. */
export const unitsFromFfmpeg = async (
  codec: Codec,
  parameters: readonly string[],
  input?: Buffer,
): Promise<readonly AccessUnit[]> => {
  const receiver = new Receiver({ ...codec, payloadType: 97 })
  await using socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const ended = Promise.withResolvers<void>()
  socket.on('message', datagram => {
    if (datagram.length === 1) ended.resolve()
    else if (!isRtcp(datagram)) receiver.push(RtpPacket.parse(datagram))
  })
  const to = ['-payload_type', '97', '-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=${port}`]
  const { complaints } = await runProgram('ffmpeg', [...parameters, ...to], input)
  // Datagrams of one machine do not overtake each other: when this one comes, all have come.
  socket.send(Buffer.of(0), port, '127.0.0.1')
  await ended.promise
  if (receiver.units.length === 0) throw new Error(`ffmpeg sent nothing: ${complaints.join('\n')}`)
  return receiver.units
}

/** What ffmpeg makes of a track's units when it plays them from our RTSP server. */
export const playedByFfmpeg = async (
  codec: Codec,
  units: readonly AccessUnit[],
  parameters: readonly string[],
): Promise<Buffer> => {
  const source: UnitTrack = new Track({ form: 'units', codec, budget })
  const player = Promise.withResolvers<Consumer>()
  const watch = async (_name: string, consumer: Consumer): Promise<void> => {
    const media = { kind: codec.kind, direction: 'recvonly', codecs: [codec], id: '0' } as const
    const next = plan(consumer.medias, [{ state: 'offered', medias: [media] }])
    if (next.step === 'connect') for (const { want } of next.matches) consumer.attach(want, source)
    consumer.start()
    player.resolve(consumer)
  }
  using server = new RtspServer({
    listen: '127.0.0.1:0',
    username: '',
    password: '',
    defaultQuery: 'video&audio',
    packetBytesMax: 0,
    udp: false,
    placeFor: () => undefined,
    clock: systemClock,
    logger: new RecordingLogger(),
    watch,
  })
  const address = await server.listen()
  const from = ['-rtsp_transport', 'tcp', '-i', `rtsp://${address}/porch`]
  const played = convert([...from, ...parameters])
  const consumer = await Promise.race([player.promise, played.then(() => player.promise)])
  await until('ffmpeg to play', () => (consumer.senders[0]?.parentId ?? 0) > 0)
  for (const unit of units) source.push(unit)
  consumer.close()
  return played
}
