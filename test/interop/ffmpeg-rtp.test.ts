import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { asUnits } from '#media/codecs/adapt.ts'
import { PacketAssembler } from '#media/codecs/packet-assembler.ts'
import { codecSpec } from '#media/codecs/registry.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { type PacketTrack, Track } from '#media/core/track.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath, fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

/** RTCP where RTP would have marker and payload type (RFC 5761 §4). */
const isRtcp = (datagram: Buffer): boolean => datagram[1]! >= 192 && datagram[1]! <= 223

test.concurrent.each([
  { file: 'h264-slices.mp4', kind: 'video', missingMax: 0 },
  { file: 'h264-b-frames-aac.mp4', kind: 'video', missingMax: 0 },
  { file: 'h265.mp4', kind: 'video', missingMax: 0 },
  // ffmpeg puts several frames into a packet, and at the end forgets those that do not fill one.
  { file: 'h264-b-frames-aac.mp4', kind: 'audio', missingMax: 4 },
  { file: 'opus.mp4', kind: 'audio', missingMax: 0 },
] as const)('the $kind of $file that ffmpeg sends by RTP arrives whole', async ({ file, kind, missingMax }) => {
  const source = fixtureTrack(file, kind)
  const codec = { ...source.codec, payloadType: 97 }
  await using socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()

  const track: PacketTrack = new Track({ form: 'packets', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })
  const units: AccessUnit[] = []
  asUnits(track)!.attach({ id: 1, push: unit => units.push(unit) })
  const continuity = { ssrc: 1, nextSequenceNumber: 0 }
  const spec = codecSpec(codec.name)
  const assembler = new PacketAssembler({ track, codec, spec, clock: systemClock, continuity })
  const ended = Promise.withResolvers<void>()
  socket.on('message', datagram => {
    if (datagram.length === 1) ended.resolve()
    else if (!isRtcp(datagram)) assembler.push(RtpPacket.parse(datagram))
  })

  const map = kind === 'video' ? '0:v' : '0:a'
  const to = ['-c', 'copy', '-payload_type', '97', '-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=${port}`]
  await runProgram('ffmpeg', ['-re', '-i', fixturePath(file), '-map', map, ...to])
  // Datagrams of one machine do not overtake each other: when this one comes, all have come.
  socket.send(Buffer.of(0), port, '127.0.0.1')
  await ended.promise

  const sent = unitsOf(source)
  expect(units.length).toBeGreaterThanOrEqual(sent.length - missingMax)
  expect(units.map(unit => unit.sample)).toEqual(sent.slice(0, units.length).map(unit => unit.sample))
  expect(units.map(unit => unit.keyframe)).toEqual(sent.slice(0, units.length).map(unit => unit.keyframe))
  expect(presentation(units)).toEqual(presentation(sent.slice(0, units.length)))
})

/** Presentation times from the first on. */
const presentation = (units: readonly AccessUnit[]): readonly number[] => {
  const times = units.map(unit => unit.decodingTime + unit.compositionOffset)
  return times.map(time => time - times[0]!)
}
