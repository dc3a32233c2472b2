import type { Stream, StreamState, StreamStatus } from '../../api/documents.ts'
import { live } from '../../api/live.svelte.ts'
import { isTroubled } from './state-words.ts'

/** Which streams are listed. */
export type StreamFilter = 'all' | 'live' | 'troubled'

/** Where the list takes its streams from. */
export interface StreamSource {
  readonly loaded: boolean
  readonly streams: readonly Stream[]
  /** By stream id. */
  readonly statuses: ReadonlyMap<string, StreamStatus>
}

/** The list of streams as the person narrowed it. */
export class StreamList {
  #text = $state('')
  #filter = $state<StreamFilter>('all')
  /** Pixels; where the list was left. */
  scrollTop = $state(0)
  readonly source: StreamSource

  constructor(source: StreamSource) {
    this.source = source
  }

  /** What the person searches for; every word must be in the name or in a source. */
  get text(): string {
    return this.#text
  }

  set text(text: string) {
    this.#text = text
    this.scrollTop = 0
  }

  get filter(): StreamFilter {
    return this.#filter
  }

  set filter(filter: StreamFilter) {
    this.#filter = filter
    this.scrollTop = 0
  }

  readonly liveCount = $derived.by(() => this.#count(state => state === 'LIVE'))
  readonly troubledCount = $derived.by(() => this.#count(isTroubled))
  readonly viewerCount = $derived.by(() => {
    let sum = 0
    for (const status of this.source.statuses.values()) sum += status.viewerCount
    return sum
  })

  readonly rows = $derived.by((): readonly Stream[] => {
    const words = this.text.toLowerCase().split(/\s+/).filter(Boolean)
    const found = words.length === 0 ? this.source.streams : this.source.streams.filter(has(words))
    if (this.filter === 'all') return found
    const wanted = this.filter === 'live' ? (state: StreamState) => state === 'LIVE' : isTroubled
    return found.filter(({ id }) => wanted(this.source.statuses.get(id)?.state ?? 'IDLE'))
  })

  /** Whether the server has been asked and has none at all. */
  get isEmpty(): boolean {
    return this.source.loaded && this.source.streams.length === 0
  }

  /** Shows everything again. */
  clear(): void {
    this.text = ''
    this.filter = 'all'
  }

  #count(wanted: (state: StreamState) => boolean): number {
    let count = 0
    for (const status of this.source.statuses.values()) if (wanted(status.state)) count++
    return count
  }
}

/** The page's list; it keeps its filter and its place while other pages are open. */
export const streamList = new StreamList(live)

const has =
  (words: readonly string[]) =>
  (stream: Stream): boolean => {
    const text = `${stream.name}\n${stream.sources.join('\n')}`.toLowerCase()
    return words.every(word => text.includes(word))
  }
