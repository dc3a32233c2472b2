import { headerOf } from '../../net/text-message.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { FrameRouter } from './media-carrier.ts'
import { RtspClient, type RtspResponse } from './rtsp-client.ts'
import { type CameraError, cameraErrors } from './rtsp-errors.ts'
import type { RtspSource } from './rtsp-source.ts'
import { formatTarget, isTrusted, parseRtspUrl, type RtspUrl } from './rtsp-url.ts'

/** Times a camera may send us on: one is usual. */
const REDIRECTS_MAX = 5
/** RFC 2326 §11.3.14: what is required is not known. */
const OPTION_NOT_SUPPORTED = 551
/** Asks for the way back for sound as well: ONVIF Streaming Specification §5.3. */
const BACKCHANNEL_FEATURE = 'www.onvif.org/ver20/backchannel'

/** A camera that has told what it has. */
export interface Described {
  readonly client: RtspClient
  readonly router: FrameRouter
  /** Where the description was, after all redirects. */
  readonly url: RtspUrl
  readonly target: string
  readonly response: RtspResponse
  /** What the camera said when it was asked for its backchannel, where it does not know what that is. */
  readonly refusal: CameraError | undefined
}

/** What a camera is asked for its description with. */
export interface DescribeOptions {
  readonly source: RtspSource
  readonly context: DialContext
  readonly userAgent: string
  readonly backchannel: boolean
}

/** Asks for the description, following the camera wherever it sends us. Rejects with a `MediaError`. */
export const describe = async (options: DescribeOptions): Promise<Described> => {
  const { source, context } = options
  let { url } = source
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const described = await ask(url, options)
    const { status } = described.response
    if (status !== 301 && status !== 302) return described
    described.client.close()
    const to = redirected(described.response, url)
    const withheld = url.credentials !== undefined && to.credentials === undefined
    context.note({
      code: 'redirected',
      message: `the camera sent us on from ${url.host} to ${to.host}${withheld ? ', which does not get its password' : ''}`,
      details: { status, from: `${url.host}:${url.port}`, to: `${to.host}:${to.port}`, withheld },
    })
    url = to
  }
  throw cameraErrors.tooManyRedirects(REDIRECTS_MAX)
}

const ask = async (url: RtspUrl, options: DescribeOptions): Promise<Described> => {
  const { context, source, userAgent, backchannel } = options
  const router = new FrameRouter()
  const client = await RtspClient.connect(url, {
    clock: context.clock,
    signal: context.signal,
    userAgent,
    timeoutMs: source.timeoutMs,
    router,
    ...(source.transport instanceof URL && { webSocket: source.transport }),
  })
  try {
    const target = formatTarget(url)
    const accept = ['Accept', 'application/sdp'] as const
    const require = backchannel ? [['Require', BACKCHANNEL_FEATURE] as const] : []
    let response = await client.request('DESCRIBE', target, [accept, ...require])
    let refusal: CameraError | undefined
    if (backchannel && response.status === OPTION_NOT_SUPPORTED) {
      refusal = cameraErrors.refused('DESCRIBE', response.status, response.reason)
      response = await client.request('DESCRIBE', target, [accept])
    }
    const { status, reason } = response
    if (status === 404) throw cameraErrors.notFound(target)
    if (status >= 300 && status !== 301 && status !== 302) throw cameraErrors.refused('DESCRIBE', status, reason)
    return { client, router, url, target, response, refusal }
  } catch (error) {
    client.close()
    throw error
  }
}

/** Where a camera sends us, as who we may be there. */
const redirected = ({ headers }: RtspResponse, from: RtspUrl): RtspUrl => {
  const location = headerOf(headers, 'Location') ?? ''
  let to: RtspUrl
  try {
    to = parseRtspUrl(location)
  } catch {
    throw cameraErrors.badRedirect(location)
  }
  if (from.credentials === undefined || to.credentials !== undefined) return to
  return isTrusted(to.host, from) ? { ...to, credentials: from.credentials } : to
}
