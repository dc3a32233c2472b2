import type { Consumer } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import { headerOf } from '../../net/text-message.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import type { Logger } from '../../runtime/logger.ts'
import { describeTracks } from '../../sdp/medias-to-sdp.ts'
import { parseMediaRequest } from '../../streams/media-request.ts'
import { InterleavedPlayerCarrier, type PlayerCarrier, type PlayerConnection } from './player-carrier.ts'
import { PlayerOutput } from './player-output.ts'
import { dialPlayer } from './player-udp.ts'
import { type PlayerVoice, voiceCodecs } from './player-voice.ts'
import { parseStreamTarget, type StreamTarget, trackIndexOf } from './request-target.ts'
import { RtspConsumer } from './rtsp-consumer.ts'
import {
  proposesTcp,
  type SessionAnswer,
  type SessionRequest,
  type SessionRole,
  unsupportedTransport,
} from './session-request.ts'

/** Seconds without a word from the player after which it counts as gone. */
const SILENCE_SECONDS_MAX = 60
/** Bytes a packet may be asked to have: a header and something in it; what a datagram holds. */
const PACKET_BYTES_MIN = 64
const PACKET_BYTES_MAX = 65_507

/** What a player is served with. */
export interface PlayerRoleOptions {
  readonly connection: PlayerConnection & { readonly remoteAddress: string; readonly ended: boolean }
  /** What a player gets that does not filter. */
  readonly defaultQuery: string
  /** `s=` of the description. */
  readonly sessionName: string
  /** Bytes of a packet unless the player asks; 0: packets as the camera made them. */
  readonly packetBytesMax: number
  /** Whether players may have their packets as datagrams. */
  readonly udp: boolean
  /** Told of each sign of life beside the connection. */
  readonly heard: () => void
  readonly clock: Clock
  readonly logger: Logger
  /** Feeds a consumer from the stream of a name. Rejects with a `MediaError`. */
  readonly watch: (name: string, consumer: Consumer) => Promise<void>
}

/** One player and the stream it watches. */
export class PlayerRole implements SessionRole {
  readonly silenceSecondsMax = SILENCE_SECONDS_MAX
  readonly sdp: Buffer
  /** What DESCRIBE asked for. */
  readonly target: string
  readonly #options: PlayerRoleOptions
  readonly #consumer: RtspConsumer
  /** By interleaved channel. */
  readonly #voices = new Map<number, PlayerVoice>()

  private constructor(options: PlayerRoleOptions, consumer: RtspConsumer, target: string) {
    this.#options = options
    this.#consumer = consumer
    this.target = target
    this.sdp = Buffer.from(consumer.info.sdp, 'utf8')
  }

  /**
   * Finds the stream of a DESCRIBE, by its name as written or as decoded (names may hold a `%`), and has it feed
   * the player. Gives what went wrong instead, having told the log. `onConsumer` gets each try.
   */
  static async open(
    request: SessionRequest,
    options: PlayerRoleOptions,
    onConsumer: (consumer: Consumer) => void,
  ): Promise<PlayerRole | CloseReason> {
    const target = parseStreamTarget(request.target)
    let problem: CloseReason = { code: 'stream_not_found', message: 'stream not found' }
    for (const name of target.names) {
      const consumer = consumerFor(target, request, options)
      onConsumer(consumer)
      const found = await watch(name, consumer, options)
      if (found === undefined) return new PlayerRole(options, consumer, request.target)
      problem = found
      if (problem.code !== 'stream_not_found') break
    }
    const quiet = target.logLevel === 'debug'
    const told = { stream: target.names[0], error: problem.message }
    options.logger[quiet ? 'debug' : 'warn'](told, 'stream cannot be watched')
    return problem
  }

  get closed(): Promise<CloseReason> {
    return this.#consumer.closed
  }

  setUp(request: SessionRequest): SessionAnswer | Promise<SessionAnswer> {
    const transport = headerOf(request.headers, 'Transport') ?? ''
    const index = trackIndexOf(request.target)
    const place = this.#consumer.at(index)
    if (!proposesTcp(transport)) return this.#setUpDatagrams(transport, place)
    if (place === undefined) return { status: '400 Bad Request' }
    const channel = 2 * index
    const carrier = new InterleavedPlayerCarrier(this.#options.connection, channel)
    if (place instanceof PlayerOutput) this.#consumer.setUp(place, carrier)
    else this.#voices.set(channel, place)
    return { status: '200 OK', headers: [['Transport', carrier.transport]] }
  }

  begin(): void {
    this.#consumer.play()
  }

  pause(): void {
    this.#consumer.pause()
  }

  frame(channel: number, memory: Buffer, start: number, end: number): void {
    const voice = this.#voices.get(channel)
    if (voice === undefined) return
    this.#consumer.info.bytesReceived += end - start
    voice.push(memory.subarray(start, end))
  }

  end(reason: CloseReason): void {
    this.#consumer.close(reason)
  }

  [Symbol.dispose](): void {
    this.#consumer.close()
  }

  /** go2rtc has none, and players rely on hearing so: it is done only where the configuration says so. */
  async #setUpDatagrams(transport: string, place: PlayerOutput | PlayerVoice | undefined): Promise<SessionAnswer> {
    const { udp, connection } = this.#options
    if (!udp) return unsupportedTransport
    if (!(place instanceof PlayerOutput))
      return { status: place === undefined ? '400 Bad Request' : '461 Unsupported transport' }
    const carrier: PlayerCarrier | undefined = await dialPlayer(
      transport,
      connection.remoteAddress,
      this.#options.heard,
    )
    if (carrier === undefined) return unsupportedTransport
    this.#consumer.setUp(place, carrier)
    return { status: '200 OK', headers: [['Transport', carrier.transport]] }
  }
}

const consumerFor = (target: StreamTarget, request: SessionRequest, options: PlayerRoleOptions): RtspConsumer => {
  const { connection, clock, defaultQuery } = options
  const asked = parseMediaRequest(target.query)
  const medias = asked.length > 0 ? asked : parseMediaRequest(defaultQuery)
  const packetBytesMax = target.packetBytes || options.packetBytesMax
  return new RtspConsumer({
    medias: target.backchannel ? [...medias, voiceMedia] : medias,
    ...(target.source !== undefined && { source: target.source }),
    ...(packetBytesMax > 0 && {
      packetBytesMax: Math.min(Math.max(packetBytesMax, PACKET_BYTES_MIN), PACKET_BYTES_MAX),
    }),
    userAgent: headerOf(request.headers, 'User-Agent') ?? '',
    remoteAddress: connection.remoteAddress,
    clock,
  })
}

const voiceMedia: Media = { kind: 'audio', direction: 'recvonly', codecs: voiceCodecs, id: 'voice' }

const watch = async (
  name: string,
  consumer: RtspConsumer,
  { connection, sessionName, watch }: PlayerRoleOptions,
): Promise<CloseReason | undefined> => {
  // A player that leaves while its camera is being dialed is let go at once.
  if (connection.ended) consumer.close()
  try {
    await watch(name, consumer)
  } catch (error) {
    consumer.close()
    return describeError(error)
  }
  const tracks = consumer.describe()
  if (consumer.ended || tracks.length === 0) {
    consumer.close()
    return { code: 'codec_mismatch', message: 'no track can be sent' }
  }
  consumer.info.sdp = describeTracks(sessionName, tracks)
  return undefined
}
