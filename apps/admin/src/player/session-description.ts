import type { RtcOffer } from './race.ts'

/** One m-line of a description (RFC 8866 §5.14). */
interface MediaSection {
  readonly kind: string
  readonly refused: boolean
  readonly direction: string
  /** Of its first payload type, in RTP's spelling. */
  readonly codec: string | undefined
}

/** What the server agreed to in its answer: it sends pictures and sound, and takes a voice. */
export function agreedIn(answer: string): RtcOffer {
  const sections = mediaSections(answer).filter(({ refused }) => !refused)
  const sent = (kind: string): string | undefined =>
    sections.find(section => section.kind === kind && /^send/.test(section.direction))?.codec
  return {
    video: sent('video'),
    audio: sent('audio'),
    voice: sections.some(({ kind, direction }) => kind === 'audio' && /recv/.test(direction)),
  }
}

/** Without its UDP addresses, for `webrtc/tcp`. */
export const withoutUdp = (description: string): string =>
  description
    .split('\r\n')
    .filter(line => !isUdpCandidate(line))
    .join('\r\n')

/** Whether a candidate (RFC 8839 §5.1), with or without `a=`, is one of UDP. */
export const isUdpCandidate = (candidate: string): boolean => /^(a=)?candidate:\S+ \d+ udp /i.test(candidate)

function mediaSections(description: string): readonly MediaSection[] {
  const [, ...sections] = description.split(/^m=/m)
  return sections.map(section => {
    const [, kind = '', port = '', payloadType = ''] = /^(\w+) (\d+) \S+ ?(\d*)/.exec(section) ?? []
    const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(section)?.[1] ?? 'sendrecv'
    const codec = new RegExp(`^a=rtpmap:${payloadType} ([^/\\s]+)`, 'm').exec(section)?.[1]
    return { kind, refused: port === '0', direction, codec }
  })
}
