import { type IceServer, parseRemoteDescription, type WebRtcRequest, type WebRtcSession } from '#media'
import { viewerAddress } from '../caller-address.ts'
import { RestError, sentences, viewerSentence } from '../go2rtc-errors.ts'
import { streamFor } from '../stream-for.ts'
import type { WsRequest } from './ws.ts'

/** Candidates a browser may send before we know what they are for. */
const EARLY_CANDIDATES_MAX = 64
/** Servers that a message may name, and addresses of each: the engine asks fewer. */
const ICE_SERVERS_MAX = 16

/** What one socket's candidates are for. */
interface Peer {
  readonly early: string[]
  add: ((candidate: string) => void) | undefined
}

const peers = new WeakMap<object, Peer>()

const peerOf = (opened: object): Peer => {
  const known = peers.get(opened) ?? { early: [], add: undefined }
  peers.set(opened, known)
  return known
}

/** `webrtc/offer` with an SDP, and `webrtc` with an object (Home Assistant): answered alike, candidates follow. */
export const webrtcOffer =
  (dialect: 'plain' | 'object') =>
  async ({ context, opened, sink, value }: WsRequest): Promise<void> => {
    const sdp = dialect === 'plain' ? value : sdpOf(value)
    const iceServers = dialect === 'plain' ? undefined : iceServersOf(value)
    if (typeof sdp !== 'string') throw new RestError(400, 'no offer')
    try {
      const session = await begin({ context, opened, sdp, iceServers })
      const answer = await session.answer(false)
      if (dialect === 'plain') sink.tell('webrtc/answer', answer)
      else sink.tellObject('webrtc', { type: 'answer', sdp: answer })
      session.tellCandidates(candidate => sink.tell('webrtc/candidate', candidate))
      const peer = peerOf(opened)
      peer.add = candidate => session.addCandidate(candidate)
      for (const candidate of peer.early.splice(0)) peer.add(candidate)
    } catch (error) {
      throw error instanceof RestError ? error : new RestError(500, viewerSentence(error))
    }
  }

interface Begun extends Pick<WsRequest, 'context' | 'opened'> {
  readonly sdp: string
  readonly iceServers: readonly IceServer[] | undefined
}

/** `dst` publishes to a stream that is there, `src` watches one, which may be made for it. */
const begin = async ({ context, opened, sdp, iceServers }: Begun): Promise<WebRtcSession> => {
  const { engine } = context
  const dst = opened.query.get('dst') ?? ''
  const target = dst === '' ? streamFor(engine, opened.query) : engine.findStream(dst)
  if (target === undefined) throw new RestError(404, sentences.streamNotFound)
  const request: WebRtcRequest = {
    offer: parseRemoteDescription(sdp),
    ...{ formatName: 'webrtc/json', protocol: 'ws', ...viewerAddress(opened) },
    ...(iceServers !== undefined && { iceServers }),
  }
  return dst === '' ? engine.watchWebRtc(target, request) : engine.publishWebRtc(target, request)
}

/** `webrtc/candidate`: one of the browser's addresses, before or after its offer; an empty one ends them. */
export const webrtcCandidate = async ({ opened, value }: WsRequest): Promise<void> => {
  if (typeof value !== 'string' || value === '') return
  const peer = peerOf(opened)
  if (peer.add !== undefined) peer.add(value)
  else if (peer.early.length < EARLY_CANDIDATES_MAX) peer.early.push(value)
}

const sdpOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'sdp' in value ? value.sdp : undefined

/** What is there counts in place of the configured servers, also when it is empty. */
const iceServersOf = (value: unknown): readonly IceServer[] | undefined => {
  if (typeof value !== 'object' || value === null || !('ice_servers' in value)) return undefined
  const servers = value.ice_servers
  if (servers === null || servers === undefined) return undefined
  if (!Array.isArray(servers)) throw new RestError(400, 'ice_servers: must be a list')
  return servers.slice(0, ICE_SERVERS_MAX).map(iceServerOf)
}

const iceServerOf = (server: unknown): IceServer => {
  const { urls, username, credential } = (server ?? {}) as Readonly<Record<string, unknown>>
  if (!Array.isArray(urls) || !urls.every(url => typeof url === 'string'))
    throw new RestError(400, 'ice_servers: urls must be a list of texts')
  return {
    urls: urls.slice(0, ICE_SERVERS_MAX),
    ...(typeof username === 'string' && { username }),
    ...(typeof credential === 'string' && { credential }),
  }
}
