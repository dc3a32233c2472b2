import { codecSpec } from '../../codecs/registry.ts'
import type { Media } from '../../core/media.ts'
import { headerOf } from '../../net/text-message.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'
import { mediasFromSdp } from '../../sdp/sdp-to-medias.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { RtspClient, type RtspResponse } from './rtsp-client.ts'
import { type CameraError, cameraErrors } from './rtsp-errors.ts'
import { type FrameSink, RtspProducer } from './rtsp-producer.ts'
import type { RtspSource } from './rtsp-source.ts'
import { escapeForLine, formatTarget, parseRtspUrl, type RtspUrl } from './rtsp-url.ts'
import { parseSession } from './session-header.ts'
import { formatTransport, parseTransport } from './transport-header.ts'

/** Times a camera may send us on: one is usual. */
const REDIRECTS_MAX = 5
/** Tracks taken from one camera: real ones have two to four. */
const TRACKS_MAX = 8

/** A media that the camera will send. */
export interface SetUpMedia {
  /** With the one codec that is taken. */
  readonly media: Media
  /** The interleaved channel its packets come on. */
  readonly channel: number
  /** It was the only codec: then there is nothing to tell apart, and some cameras send another number than announced. */
  readonly anyPayloadType: boolean
}

/** Connects to a camera, asks what it has, and sets all of it up. Rejects with a `MediaError`. Nothing plays yet. */
export const dialRtsp = async (source: RtspSource, context: DialContext, userAgent: string): Promise<RtspProducer> => {
  if (source.transport !== 'tcp') throw cameraErrors.transportNotSupported(source.transport)
  const opened = await describe(source, context, userAgent)
  try {
    return await setUp(opened, source, context, userAgent)
  } catch (error) {
    opened.client.close()
    throw error instanceof MalformedError || error instanceof LimitError ? cameraErrors.garbled(error) : error
  }
}

interface Described {
  readonly client: RtspClient
  readonly sink: { to: FrameSink | undefined }
  readonly target: string
  readonly response: RtspResponse
}

/** Asks for the description, following the camera wherever it sends us. */
const describe = async (source: RtspSource, context: DialContext, userAgent: string): Promise<Described> => {
  let { url } = source
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const described = await ask(url, source, context, userAgent)
    const { status } = described.response
    if (status !== 301 && status !== 302) return described
    described.client.close()
    url = redirected(described.response, url)
  }
  throw cameraErrors.tooManyRedirects(REDIRECTS_MAX)
}

const ask = async (
  url: RtspUrl,
  { timeoutMs }: RtspSource,
  { clock, signal }: DialContext,
  userAgent: string,
): Promise<Described> => {
  const sink: Described['sink'] = { to: undefined }
  const client = await RtspClient.connect(url, {
    clock,
    signal,
    userAgent,
    timeoutMs,
    onFrame: (channel, payload) => sink.to?.frame(channel, payload),
    onSkipped: bytes => sink.to?.skipped(bytes),
  })
  try {
    const target = formatTarget(url)
    const response = await client.request('DESCRIBE', target, [['Accept', 'application/sdp']])
    const { status, reason } = response
    if (status === 404) throw cameraErrors.notFound(target)
    if (status >= 300 && status !== 301 && status !== 302) throw cameraErrors.refused('DESCRIBE', status, reason)
    return { client, sink, target, response }
  } catch (error) {
    client.close()
    throw error
  }
}

/** Where a camera sends us, with the credentials it was asked with unless it names others. */
const redirected = ({ headers }: RtspResponse, from: RtspUrl): RtspUrl => {
  const location = headerOf(headers, 'Location') ?? ''
  try {
    const to = parseRtspUrl(location)
    return { ...(from.credentials !== undefined && { credentials: from.credentials }), ...to }
  } catch {
    throw cameraErrors.badRedirect(location)
  }
}

const setUp = async (
  { client, sink, target, response }: Described,
  source: RtspSource,
  context: DialContext,
  userAgent: string,
): Promise<RtspProducer> => {
  const sdp = response.body.toString('utf8')
  const wanted = mediasFromSdp(sdp)
    .filter(({ kind, direction }) => direction === 'recvonly' && source.kinds.includes(kind))
    .slice(0, TRACKS_MAX)
  const base = baseOf(response, target)
  const session: SessionState = { medias: [] }
  let refusal: CameraError | undefined
  for (const media of wanted) refusal = (await setUpMedia(client, base, media, session)) ?? refusal
  if (session.medias.length === 0) throw refusal ?? cameraErrors.noMedia()
  const producer = new RtspProducer({
    client,
    target: base,
    sdp,
    userAgent,
    medias: session.medias,
    sessionSeconds: session.seconds,
    silenceMsMax: source.timeoutMs,
    context,
  })
  sink.to = producer
  return producer
}

interface SessionState {
  readonly medias: SetUpMedia[]
  seconds?: number
}

/** Sets one media up. A media that is refused costs itself only; gives why. */
const setUpMedia = async (
  client: RtspClient,
  base: string,
  media: Media,
  session: SessionState,
): Promise<CameraError | undefined> => {
  const channel = session.medias.length * 2
  const response = await client.request('SETUP', controlTarget(base, media.id), [
    ['Transport', formatTransport([channel, channel + 1])],
  ])
  const { status, reason, headers } = response
  if (status >= 300) return cameraErrors.refused('SETUP', status, reason)
  const named = headerOf(headers, 'Session')
  if (named !== undefined) {
    const { id, timeoutSeconds } = parseSession(named)
    client.session = id
    if (timeoutSeconds !== undefined) session.seconds = timeoutSeconds
  }
  // QUIRK Escam Q6 answers `RTP/AVP;…;interleaved=`: the channels count, whatever the profile says.
  const [transport] = parseTransport(headerOf(headers, 'Transport') ?? formatTransport([channel, channel + 1]))
  const codec = media.codecs.find(({ name }) => codecSpec(name) !== undefined) ?? media.codecs[0]!
  session.medias.push({
    media: { ...media, codecs: [codec] },
    channel: transport?.interleaved?.[0] ?? channel,
    anyPayloadType: media.codecs.length === 1,
  })
  return undefined
}

/** The address that relative controls are relative to: RFC 2326 §C.1.1. */
const baseOf = ({ headers }: RtspResponse, target: string): string => {
  const said = headerOf(headers, 'Content-Base') ?? headerOf(headers, 'Content-Location')
  if (said === undefined || said === '') return target
  // QUIRK a base without a scheme, as in `192.168.1.5:554/live/`.
  const absolute = /^rtsp[sx]?:\/\//i.test(said) ? said : `rtsp://${said.replace(/^\/+/, '')}`
  try {
    return formatTarget(parseRtspUrl(absolute))
  } catch {
    return target
  }
}

/** The address of one media (RFC 2326 §C.1.1): appended, as every player does, even behind a query. */
export const controlTarget = (base: string, control: string): string => {
  if (control === '' || control === '*') return base
  if (/^rtsp[sx]?:\/\//i.test(control)) return escapeForLine(control)
  // QUIRK a control that begins with `/` is appended as well.
  return `${base.replace(/\/$/, '')}/${escapeForLine(control.replace(/^\/+/, ''))}`
}
