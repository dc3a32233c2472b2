import { parseRemoteDescription, type WebRtcRequest, type WebRtcSession } from '#media'
import { viewerAddress } from '../caller-address.ts'
import { RestError, sentences, viewerSentence } from '../go2rtc-errors.ts'
import { streamFor } from '../stream-for.ts'
import type { WsRequest } from './ws.ts'

/** Candidates a browser may send before we know what they are for. */
const EARLY_CANDIDATES_MAX = 64

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
    if (typeof sdp !== 'string') throw new RestError(400, 'no offer')
    try {
      const session = await begin({ context, opened, sdp })
      const answer = await session.answer(false)
      if (dialect === 'plain') sink.tell('webrtc/answer', answer)
      else sink.tellObject('webrtc', { type: 'answer', sdp: answer })
      for (const candidate of session.candidates) sink.tell('webrtc/candidate', candidate)
      const peer = peerOf(opened)
      peer.add = candidate => session.addCandidate(candidate)
      for (const candidate of peer.early.splice(0)) peer.add(candidate)
    } catch (error) {
      throw error instanceof RestError ? error : new RestError(500, viewerSentence(error))
    }
  }

/** `dst` publishes to a stream that is there, `src` watches one, which may be made for it. */
const begin = async ({
  context,
  opened,
  sdp,
}: Pick<WsRequest, 'context' | 'opened'> & { readonly sdp: string }): Promise<WebRtcSession> => {
  const { engine } = context
  const dst = opened.query.get('dst') ?? ''
  const target = dst === '' ? streamFor(engine, opened.query) : engine.findStream(dst)
  if (target === undefined) throw new RestError(404, sentences.streamNotFound)
  const request: WebRtcRequest = {
    offer: parseRemoteDescription(sdp),
    ...{ formatName: 'webrtc/json', protocol: 'ws', ...viewerAddress(opened) },
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
