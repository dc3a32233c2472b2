import type { SourceStatus } from '../../api/documents.ts'
import { spokenCodec } from '../../lib/codec-names.ts'

/** The codecs of a stream's sources, each once, video first: `H264, AAC`. Empty before the first dial. */
export function codecWords(sources: readonly SourceStatus[]): string {
  const tracks = sources.flatMap(source => source.tracks)
  const video = tracks.filter(track => track.kind === 'video')
  const rest = tracks.filter(track => track.kind !== 'video')
  return [...new Set([...video, ...rest].map(track => spokenCodec(track.codec)))].join(', ')
}
