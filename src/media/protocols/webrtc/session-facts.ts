import { formatCodec } from '../../core/codec.ts'
import type { LineFact, SentFact, SessionNote } from '../../core/session-record.ts'
import type { NegotiatedMedia } from './negotiated-media.ts'
import type { RemoteDescription } from './remote-description.ts'

/** M-lines of a record, and codecs of each: more than any browser's. */
const LINES_MAX = 16
const CODECS_MAX = 24
/** The share of packets that are lost from which somebody should know: pictures freeze. */
const LOSS_SHARE_MIN = 0.05

/** What the peer said of each m-line, and what became of it. */
export const lineFacts = (
  { medias }: RemoteDescription,
  negotiated: ReadonlyMap<string, NegotiatedMedia>,
): readonly LineFact[] =>
  medias.slice(0, LINES_MAX).map(({ mid, type, direction, codecs }) => {
    const { sends, receives } = negotiated.get(mid) ?? {}
    return {
      ...{ mid, kind: type, direction, codecs: [...new Set(codecs.map(formatCodec))].slice(0, CODECS_MAX) },
      ...(sends !== undefined && { sends: sends.payloads.map(({ codec }) => formatCodec(codec)).join(', ') }),
      ...(receives !== undefined && { receives: formatCodec(receives.payload.codec) }),
    }
  })

const reordered: SessionNote = {
  code: 'pictures_reordered',
  message:
    'the camera sends pictures out of their order (B-frames), which browsers do not put right by WebRTC: turn them off in the camera, or add ffmpeg:…#video=h264',
}

/** What the session's user should know. */
export const sessionNotes = (sent: readonly SentFact[], hasReordering: boolean): readonly SessionNote[] => [
  ...(hasReordering ? [reordered] : []),
  ...sent
    .filter(({ lostShare = 0 }) => lostShare >= LOSS_SHARE_MIN)
    .map(({ mid, lostShare = 0 }) => ({
      code: 'packets_lost',
      message: `of m-line ${mid}, ${Math.round(lostShare * 100)} % of the packets were lost at the end`,
    })),
]
