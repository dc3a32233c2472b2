import { PacketAssembler } from '../../codecs/packet-assembler.ts'
import { codecSpec } from '../../codecs/registry.ts'
import type { Codec } from '../../core/codec.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import { type PacketTrack, Track } from '../../core/track.ts'
import { RtpPacket } from '../../rtp/rtp-packet.ts'
import type { Clock } from '../../runtime/clock.ts'
import { MalformedError } from '../../runtime/errors.ts'

/** What a player that asks for `backchannel` may say, best first: go2rtc's list. */
export const voiceCodecs: readonly Codec[] = [
  ['OPUS', 48_000, 2],
  ['L16', 16_000, 0],
  ['PCMA', 16_000, 0],
  ['PCMU', 16_000, 0],
  ['L16', 8_000, 0],
  ['PCMA', 8_000, 0],
  ['PCMU', 8_000, 0],
  ['MPEG4-GENERIC', 8_000, 0],
  ['MPEG4-GENERIC', 16_000, 0],
].map(([name, clockRate, channels]) => ({
  kind: 'audio',
  name: String(name),
  clockRate: Number(clockRate),
  channels: Number(channels),
  formatParameters: '',
}))

/** What a player says back: its packets become a track. */
export class PlayerVoice implements Disposable {
  readonly track: PacketTrack
  readonly payloadType: number
  readonly #assembler: PacketAssembler
  brokenCount = 0

  /** `codec` is what it says, `payloadType` the number it was told for it. */
  constructor(codec: Codec, payloadType: number, clock: Clock) {
    this.payloadType = payloadType
    this.track = new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget: { bytesMax: 0, bytesUsed: 0 } })
    const [ssrc = 0, sequence = 0] = crypto.getRandomValues(new Uint32Array(2))
    // Whatever number it uses: there is one track on a channel.
    const { payloadType: _, ...unnumbered } = codec
    this.#assembler = new PacketAssembler({
      track: this.track,
      codec: unnumbered,
      spec: codecSpec(codec.name),
      clock,
      continuity: { ssrc, nextSequenceNumber: sequence & 0xffff },
    })
  }

  /** One RTP packet as it came, which stays valid. What is none is counted and dropped. */
  push(payload: Buffer): void {
    try {
      this.#assembler.push(RtpPacket.parse(payload))
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      this.brokenCount++
    }
  }

  [Symbol.dispose](): void {
    this.track[Symbol.dispose]()
  }
}
