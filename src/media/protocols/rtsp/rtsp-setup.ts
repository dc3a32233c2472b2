import type { Media } from '../../core/media.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'
import { mediasFromSdp } from '../../sdp/sdp-to-medias.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { CameraMemory, type Lower } from './camera-memory.ts'
import { baseOf } from './control-target.ts'
import { MediaSetup } from './media-setup.ts'
import { type Described, describe } from './rtsp-describe.ts'
import { CameraError, type CameraErrorCode, cameraErrors } from './rtsp-errors.ts'
import { RtspProducer } from './rtsp-producer.ts'
import type { RtspSource } from './rtsp-source.ts'

/** Tracks taken from one camera: real ones have two to four. */
const TRACKS_MAX = 8

/** What may go wrong because a camera does not know what a backchannel is; all else has other reasons for sure. */
const backchannelMayBeWhy: ReadonlySet<CameraErrorCode> = new Set<CameraErrorCode>([
  ...(['camera_refused', 'camera_closed', 'silent', 'garbled', 'not_found', 'no_media', 'not_rtsp'] as const),
])

/**
 * Connects to a camera, asks what it has, and sets all of it up that it sends. Rejects with a
 * `MediaError`. Nothing plays yet. What was learned on the way is in the memory, for the next time.
 */
export const dialRtsp = async (
  source: RtspSource,
  context: DialContext,
  userAgent: string,
  memory = new CameraMemory(),
): Promise<RtspProducer> => {
  const plain = { source, context, userAgent, memory, backchannel: false }
  if (!source.backchannel || memory.refusesBackchannel(context.clock)) return dialOnce(plain)
  try {
    return await dialOnce({ ...plain, backchannel: true })
  } catch (error) {
    if (!(error instanceof CameraError && backchannelMayBeWhy.has(error.code))) throw error
    const producer = await dialOnce(plain)
    withoutBackchannel(error, plain)
    return producer
  }
}

const withoutBackchannel = (why: CameraError, { memory, context }: Attempt): void => {
  memory.backchannelRefused(context.clock)
  context.note({
    code: 'backchannel_refused',
    message: `the camera cannot be asked for its speaker (${why.message}): it is left out`,
    details: { cause: why.code },
  })
}

interface Attempt {
  readonly source: RtspSource
  readonly context: DialContext
  readonly userAgent: string
  readonly memory: CameraMemory
  readonly backchannel: boolean
}

const dialOnce = async (attempt: Attempt): Promise<RtspProducer> => {
  const described = await describe(attempt)
  try {
    const producer = await setUp(described, attempt)
    if (described.refusal !== undefined) withoutBackchannel(described.refusal, attempt)
    return producer
  } catch (error) {
    described.client.close()
    throw error instanceof MalformedError || error instanceof LimitError ? cameraErrors.garbled(error) : error
  }
}

const setUp = async (described: Described, attempt: Attempt): Promise<RtspProducer> => {
  const { client, router, target, response } = described
  const { source, context, memory } = attempt
  const sdp = response.body.toString('utf8')
  const offered = mediasFromSdp(sdp)
    .filter(({ kind }) => source.kinds.includes(kind))
    .map(media => asReallySent(media, memory))
  const lower = lowerOf(attempt)
  const setup = new MediaSetup({
    client,
    router,
    base: baseOf(response, target),
    lower,
    onlyLower: source.transport instanceof URL,
    note: note => context.note(note),
  })
  try {
    await setUpAll(setup, offered.filter(isReceived).slice(0, TRACKS_MAX))
    if (setup.lower !== lower) memory.useLower(setup.lower, context.clock)
    const speakers = offered.filter(media => !isReceived(media)).slice(0, TRACKS_MAX)
    return new RtspProducer({ ...attempt, described, sdp, setup, speakers })
  } catch (error) {
    setup[Symbol.dispose]()
    throw error
  }
}

const isReceived = ({ direction }: Media): boolean => direction === 'recvonly'

/** With the codecs its payloads turned out to be; what the camera says of another one does not count for them. */
const asReallySent = (media: Media, memory: CameraMemory): Media => ({
  ...media,
  codecs: media.codecs.map(codec => {
    const name = memory.realCodec(media.id, codec.name)
    return name === undefined ? codec : { ...codec, name, formatParameters: '' }
  }),
})

const lowerOf = ({ source, memory, context }: Attempt): Lower => {
  if (source.transport instanceof URL) return 'tcp'
  return memory.lower(context.clock) ?? source.transport
}

const setUpAll = async (setup: MediaSetup, medias: readonly Media[]): Promise<void> => {
  let refusal: CameraError | undefined
  for (const media of medias) refusal = (await setup.add(media)) ?? refusal
  if (setup.medias.length === 0) throw refusal ?? cameraErrors.noMedia()
}
