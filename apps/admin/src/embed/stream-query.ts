/** One picture of the page. */
export interface WantedStream {
  readonly src: string
  /** Nothing: whatever the player tries by itself. */
  readonly mode: string | undefined
}

/** What the address of `stream.html` asks for. */
export interface StreamQuery {
  readonly streams: readonly WantedStream[]
  readonly media: string | undefined
  /** Least width of a picture, as CSS says it. */
  readonly width: string
  /** Pictures go on while they cannot be seen. */
  readonly background: boolean
}

/** Pictures on one page: more than a screen shows. */
const STREAM_COUNT_MAX = 64

/** Reads `?src=a&src=b&mode=mse`. Of `src` and `mode`, the shorter list is filled up with its first. */
export function parseStreamQuery(search: string): StreamQuery {
  const query = new URLSearchParams(search)
  const [sources, modes] = [query.getAll('src'), query.getAll('mode')]
  const count = sources.length === 0 ? 0 : Math.min(STREAM_COUNT_MAX, Math.max(sources.length, modes.length))
  return {
    streams: Array.from({ length: count }, (_, index) => ({
      src: sources[index] ?? sources[0] ?? '',
      mode: modes[index] ?? modes[0],
    })),
    media: query.get('media') ?? undefined,
    width: query.get('width') ?? '320px',
    background: query.get('background') !== 'false',
  }
}
