import { viewerAddress } from '../caller-address.ts'
import { RestError, viewerSentence } from '../go2rtc-errors.ts'
import { streamFor } from '../stream-for.ts'
import type { WsRequest } from './ws.ts'

/** Characters of a player's list of codecs that are looked at. */
const LIST_CHARACTERS_MAX = 1024

/** go2rtc's codec strings, as a filter says them. */
const filters: ReadonlyMap<string, readonly ['video' | 'audio', string]> = new Map([
  ['avc1.640029', ['video', 'h264']],
  ['hvc1.1.6.L153.B0', ['video', 'h265']],
  ['mp4a.40.2', ['audio', 'aac']],
  ['opus', ['audio', 'opus']],
])

/** `{"type":"hls","value":"codecs"}`: begins a session of fragmented MP4, which does not end with the socket. Rejects with a sentence. */
export const hls = async ({ context, opened, sink, value }: WsRequest): Promise<void> => {
  const stream = streamFor(context.engine, opened.query)
  const query = codecsQuery(typeof value === 'string' ? value : '')
  try {
    const address = viewerAddress(opened)
    const session = await context.hls.open({ stream, query, ...address })
    sink.tell('hls', session.master)
  } catch (error) {
    throw new RestError(500, viewerSentence(error))
  }
}

/** What a player can play, as the filter of a query; without a known codec, what is usual. */
const codecsQuery = (list: string): string => {
  const asked = list
    .slice(0, LIST_CHARACTERS_MAX)
    .split(',')
    .flatMap(token => [filters.get(token.trim())].filter(filter => filter !== undefined))
  const query = new URLSearchParams()
  for (const kind of ['video', 'audio'] as const) {
    const names = asked.filter(([of]) => of === kind).map(([, name]) => name)
    if (names.length > 0) query.set(kind, [...new Set(names)].join(','))
  }
  return query.size === 0 ? 'mp4=' : query.toString()
}
