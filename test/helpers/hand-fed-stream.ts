import type { Codec } from '#media/core/codec.ts'
import type { Consumer } from '#media/core/consumer.ts'
import type { Media } from '#media/core/media.ts'
import { PacketGroup } from '#media/core/packet-group.ts'
import { type PacketTrack, Track } from '#media/core/track.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { MediaError } from '#media/runtime/errors.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { plan } from '#media/streams/negotiation.ts'
import { rtpPacket } from '#test/helpers/scripted-camera.ts'

/** H.264 as a camera offers it. */
export const h264: Codec = {
  kind: 'video',
  name: 'H264',
  clockRate: 90_000,
  channels: 0,
  formatParameters: 'packetization-mode=1',
  payloadType: 35,
}

/** PCMU as a camera offers it. */
export const pcmu: Codec = {
  kind: 'audio',
  name: 'PCMU',
  clockRate: 8000,
  channels: 0,
  formatParameters: '',
  payloadType: 0,
}

/** No such stream, or nothing in it fits. */
export class NotServed extends MediaError {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** A stream called `porch` whose packets a test pushes itself; feeds viewers by the engine's own negotiation. */
export class HandFedStream {
  readonly name: string
  readonly codecs: readonly Codec[]
  readonly tracks: readonly PacketTrack[]
  readonly consumers: Consumer[] = []
  /** Waited for before a viewer is fed. */
  ready: Promise<void> = Promise.resolve()
  #sequence = 0

  constructor(codecs: readonly Codec[] = [h264, pcmu], name = 'porch') {
    this.name = name
    this.codecs = codecs
    const budget = { bytesMax: 1e8, bytesUsed: 0 }
    this.tracks = codecs.map(codec => new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget }))
  }

  /** What a server is given to watch streams with. */
  readonly watch = async (name: string, consumer: Consumer): Promise<void> => {
    this.consumers.push(consumer)
    await this.ready
    if (name !== this.name) throw new NotServed('stream_not_found')
    const medias = this.codecs.map((codec, index): Media => {
      return { kind: codec.kind, direction: 'recvonly', codecs: [codec], id: `${index}` }
    })
    const next = plan(consumer.medias, [{ state: 'offered', medias }])
    if (next.step !== 'connect' || next.matches.length === 0) throw new NotServed('codec_mismatch')
    for (const { want, media } of next.matches) consumer.attach(want, this.tracks[medias.indexOf(media)]!)
    consumer.start()
  }

  /** Whether nobody takes anything. */
  get idle(): boolean {
    return this.tracks.every(track => track.idle)
  }

  /** Pushes one packet into a track. */
  push(track: number, payload: string, keyframe = true): void {
    this.tracks[track]!.push(packetGroup(this.codecs[track]!.payloadType ?? 96, ++this.#sequence, payload, keyframe))
  }
}

/** A group of one packet with this payload. */
export const packetGroup = (
  payloadType: number,
  sequenceNumber: number,
  payload: string,
  keyframe: boolean,
): PacketGroup =>
  new PacketGroup({
    packets: [RtpPacket.parse(rtpPacket(payloadType, sequenceNumber, Buffer.from(payload)))],
    keyframe,
    time: ticks(sequenceNumber * 3600),
    complete: true,
    arrivedAt: millis(sequenceNumber),
    numbering: { ssrc: 77, sequenceOffset: 1000, timestampOffset: 0 },
  })
