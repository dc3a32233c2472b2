import { randomBytes } from 'node:crypto'
import type { Codec } from '../../core/codec.ts'
import type { Media } from '../../core/media.ts'
import { RtpPacket } from '../../rtp/rtp-packet.ts'
import { formatSenderReport } from '../../rtp/sender-report.ts'
import { sequenceAfter } from '../../rtp/sequence-number.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { mediasFromSdp } from '../../sdp/sdp-to-medias.ts'
import { baseOf } from './control-target.ts'
import { KeepAlive } from './keep-alive.ts'
import type { MediaCarrier } from './media-carrier.ts'
import { MediaSetup, type MediaSetupOptions } from './media-setup.ts'
import { type Described, type DescribeOptions, describe } from './rtsp-describe.ts'
import { cameraErrors } from './rtsp-errors.ts'

/** Bytes of the header of what we send: no contributing sources, no extension. */
const HEADER_BYTES = 12
/** Milliseconds between two reports of what we sent: RFC 3550 §6.2. */
const REPORT_MS = 5_000

/** What a session is opened for. */
export interface SpeakerSessionOptions extends DescribeOptions {
  readonly media: Media
  readonly codec: Codec
  readonly lower: MediaSetupOptions['lower']
  readonly onlyLower: boolean
}

/** One thing to be heard: a payload and when, in ticks of the codec's clock. */
export interface SpokenPayload {
  readonly payload: Buffer
  readonly timestamp: number
  readonly marker: boolean
}

/**
 * A session of its own with a camera, in which it only listens (ONVIF Streaming Specification
 * §5.3): the one that brings its pictures is not touched, and the camera knows when the talk is over.
 */
export class SpeakerSession implements Closeable {
  readonly #lifetime = new Lifetime()
  readonly #described: Described
  readonly #carrier: MediaCarrier
  readonly #codec: Codec
  readonly #base: string
  readonly #ssrc: number
  #sequenceNumber: number
  #timestamp = 0
  #packetCount = 0
  #octetCount = 0

  private constructor(options: SpeakerSessionOptions, described: Described, setup: MediaSetup) {
    const { client } = described
    const { clock, logger } = options.context
    const random = randomBytes(6)
    this.#described = described
    this.#carrier = setup.medias[0]!.carrier
    this.#codec = options.codec
    this.#base = setup.base
    this.#ssrc = random.readUInt32BE(0)
    this.#sequenceNumber = random.readUInt16BE(4)
    this.#lifetime.own(setup)
    this.#lifetime.defer(() => client.close())
    this.#lifetime.own(new KeepAlive({ client, target: setup.base, seconds: setup.sessionSeconds, clock, logger }))
    this.#lifetime.own(clock.every(millis(REPORT_MS), () => this.#report(clock.wallTime())))
    void client.closed.then(reason => this.close(reason))
  }

  /** Opens a session, ready to be talked into. Rejects with a `MediaError`. */
  static async open(options: SpeakerSessionOptions): Promise<SpeakerSession> {
    const described = await describe({ ...options, backchannel: true })
    try {
      return await setUp(described, options, (...parts) => new SpeakerSession(...parts))
    } catch (error) {
      described.client.close()
      throw error instanceof MalformedError || error instanceof LimitError ? cameraErrors.garbled(error) : error
    }
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  /** Sends one payload with a header of our own. */
  send({ payload, timestamp, marker }: SpokenPayload): void {
    if (this.#lifetime.ended) return
    const packet = Buffer.allocUnsafeSlow(HEADER_BYTES + payload.length)
    const payloadType = this.#codec.payloadType ?? 0
    const sequenceNumber = this.#sequenceNumber
    RtpPacket.write(packet, 0, { marker, payloadType, sequenceNumber, timestamp, ssrc: this.#ssrc })
    packet.set(payload, HEADER_BYTES)
    this.#sequenceNumber = sequenceAfter(sequenceNumber)
    this.#timestamp = timestamp
    this.#packetCount++
    this.#octetCount += payload.length
    this.#carrier.sendRtp(packet)
  }

  close(reason?: CloseReason): void {
    if (this.#lifetime.ended) return
    this.#described.client.tell('TEARDOWN', this.#base)
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #report(wallTime: ReturnType<typeof millis>): void {
    if (this.#packetCount === 0) return
    this.#carrier.sendRtcp(
      formatSenderReport({
        ssrc: this.#ssrc,
        wallTime,
        rtpTimestamp: this.#timestamp,
        packetCount: this.#packetCount,
        octetCount: this.#octetCount,
        canonicalName: 'talk',
      }),
    )
  }
}

const setUp = async (
  described: Described,
  options: SpeakerSessionOptions,
  make: (options: SpeakerSessionOptions, described: Described, setup: MediaSetup) => SpeakerSession,
): Promise<SpeakerSession> => {
  const { client, router, target, response } = described
  const { lower, onlyLower, context } = options
  const base = baseOf(response, target)
  const setup = new MediaSetup({ client, router, base, lower, onlyLower, note: note => context.note(note) })
  try {
    const media = speakerIn(response.body.toString('utf8'), options)
    const refusal = await setup.add({ ...media, codecs: [options.codec] })
    if (refusal !== undefined) throw refusal
    const { status, reason } = await client.request('PLAY', base)
    if (status >= 300) throw cameraErrors.refused('PLAY', status, reason)
    return make(options, described, setup)
  } catch (error) {
    setup[Symbol.dispose]()
    throw error
  }
}

/** The same speaker as it was described before. */
const speakerIn = (sdp: string, { media }: SpeakerSessionOptions): Media => {
  const speakers = mediasFromSdp(sdp).filter(({ direction }) => direction === 'sendonly')
  const found = speakers.find(({ id }) => id === media.id) ?? speakers[0]
  if (found === undefined) throw cameraErrors.noSpeaker()
  return found
}
