import type { Codec } from '../core/codec.ts'
import { formatSessionDescription, type SdpAttribute, type SdpMedia } from './session-description.ts'

/** One track as a viewer is told of it. */
export interface DescribedTrack {
  readonly codec: Codec
  readonly payloadType: number
  /** From the viewer's side; `sendonly` for what it may say. Default `recvonly`. */
  readonly direction?: 'recvonly' | 'sendonly'
}

/**
 * The description that viewers get, as go2rtc writes it: `a=recvonly` from the viewer's side, and
 * `trackID=` with the track's place as its control.
 */
export const describeTracks = (sessionName: string, tracks: readonly DescribedTrack[]): string =>
  formatSessionDescription({
    origin: '- 1 1 IN IP4 0.0.0.0',
    name: sessionName,
    connection: 'IN IP4 0.0.0.0',
    attributes: [],
    medias: tracks.map(describeTrack),
  })

const describeTrack = ({ codec, payloadType, direction = 'recvonly' }: DescribedTrack, index: number): SdpMedia => {
  const { name, clockRate, channels, formatParameters } = codec
  const attributes: SdpAttribute[] = [
    ['rtpmap', `${payloadType} ${name}/${clockRate}${channels > 0 ? `/${channels}` : ''}`],
  ]
  if (formatParameters !== '') attributes.push(['fmtp', `${payloadType} ${formatParameters}`])
  attributes.push([direction, ''], ['control', `trackID=${index}`])
  return {
    type: codec.kind,
    port: 0,
    protocol: 'RTP/AVP',
    formats: [String(payloadType)],
    bandwidths: [],
    attributes,
  }
}
