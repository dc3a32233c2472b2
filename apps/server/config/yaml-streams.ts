import { isMap, isScalar, isSeq, type Pair } from 'yaml'
import { isNothing, type TextNote, YamlDocument, YamlSyntaxError } from './yaml-document.ts'

/** Streams a file may name, and preloads; how many may run is for the one who sets them to say. */
const NAMES_MAX = 10_000

/** Sources read of one stream; more than it may have, so that the one who checks can say so. */
const SOURCES_READ_MAX = 64

/** Times a list or map may be used again by an alias: a file for people has a few. */
const ALIASES_MAX = 1000

/** Merges within merges that are followed. */
const MERGE_DEPTH_MAX = 8

/** Top-level keys that are read today. */
const USED_KEYS = ['api', 'echo', 'env', 'exec', 'ffmpeg', 'log', 'preload', 'rtsp', 'sources', 'streams', 'webrtc']

/** The other modules of go2rtc that have keys. */
const KNOWN_KEYS =
  'app expr hass hls homekit mjpeg mp4 ngrok onvif pinggy publish rtmp srtp tapo webrtc webtorrent wyoming wyze xiaomi'.split(
    ' ',
  )

/** A stream as a file writes it. */
export interface WrittenStream {
  readonly name: string
  readonly sources: readonly string[]
}

/** A stream that is kept running without viewers, as a file writes it; an empty query is video and audio. */
export interface WrittenPreload {
  readonly name: string
  readonly query: string
}

/** What a go2rtc.yaml says about streams. */
export interface YamlStreams {
  readonly streams: readonly WrittenStream[]
  readonly preloads: readonly WrittenPreload[]
  /** The `env:` map. */
  readonly environment: ReadonlyMap<string, string>
  readonly notes: readonly TextNote[]
  /** Why it could not be understood at all; the lists are empty then. */
  readonly error?: TextNote
}

/** Reads a go2rtc.yaml. Never throws: what is wrong is in the answer, with line and column. */
export const readYamlStreams = (text: string): YamlStreams => {
  try {
    return new StreamReader(new YamlDocument(text)).read()
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error
    return { streams: [], preloads: [], environment: new Map(), notes: [], error: error.note }
  }
}

/** The streams of a parsed file. Throws `YamlSyntaxError` when a limit is passed. */
export const streamsOf = (yaml: YamlDocument): readonly WrittenStream[] => new StreamReader(yaml).read().streams

/** The preloads of a parsed file. Throws `YamlSyntaxError` when a limit is passed. */
export const preloadsOf = (yaml: YamlDocument): readonly WrittenPreload[] => new StreamReader(yaml).read().preloads

class StreamReader {
  readonly #yaml: YamlDocument
  readonly #notes: TextNote[] = []
  #aliasCount = 0

  constructor(yaml: YamlDocument) {
    this.#yaml = yaml
  }

  read(): YamlStreams {
    const top = this.#yaml.document.contents
    if (isNothing(top)) return { streams: [], preloads: [], environment: new Map(), notes: [] }
    if (!isMap(top)) throw new YamlSyntaxError(this.#yaml.noteOn('the file must begin with keys such as streams:', top))
    let streams: readonly WrittenStream[] = []
    let preloads: readonly WrittenPreload[] = []
    let environment: ReadonlyMap<string, string> = new Map()
    for (const pair of top.items) {
      const key = this.#text(pair.key)
      if (key === 'streams') streams = this.#streams(pair)
      else if (key === 'preload') preloads = this.#preloads(pair)
      else if (key === 'env') environment = this.#environment(pair)
      if (key === undefined || !USED_KEYS.includes(key)) this.#noteUnused(pair, key)
    }
    return { streams, preloads, environment, notes: this.#notes }
  }

  #streams(pair: Pair): readonly WrittenStream[] {
    const map = this.#resolve(pair.value)
    if (isNothing(map)) return []
    if (!isMap(map)) throw new YamlSyntaxError(this.#yaml.noteOn('streams: must hold names with sources', pair.key))
    return [...this.#pairs(map.items, 0)].map(([name, value]) => ({ name, sources: this.#sources(value, name) }))
  }

  #preloads(pair: Pair): readonly WrittenPreload[] {
    const map = this.#resolve(pair.value)
    if (isNothing(map)) return []
    if (!isMap(map)) {
      this.#note('preload: must hold names with queries: skipped', pair.key)
      return []
    }
    return [...this.#pairs(map.items, 0)].flatMap(([name, node]) => {
      const value = this.#resolve(node)
      if (isNothing(value)) return [{ name, query: '' }]
      if (isScalar(value)) return [{ name, query: String(value.value) }]
      this.#note(`the preload of ${name} must be a text such as video&audio: skipped`, node)
      return []
    })
  }

  /** Names with their values; what a map says itself goes before what it merges. */
  #pairs(items: readonly Pair[], depth: number): ReadonlyMap<string, unknown> {
    const found = new Map<string, unknown>()
    for (const pair of items) {
      if (isMergeKey(pair.key)) continue
      const name = this.#text(pair.key)
      if (name === undefined) this.#note('a name must be one line of text: skipped', pair.key)
      else found.set(name, pair.value)
    }
    for (const pair of items.filter(item => isMergeKey(item.key)))
      for (const [name, value] of this.#merged(pair, depth)) if (!found.has(name)) found.set(name, value)
    if (found.size > NAMES_MAX)
      throw new YamlSyntaxError({ message: `there are more than ${NAMES_MAX} names in one section` })
    return found
  }

  #merged(pair: Pair, depth: number): ReadonlyMap<string, unknown> {
    const value = this.#resolve(pair.value)
    const maps = isSeq(value) ? value.items.map(item => this.#resolve(item)) : [value]
    const merged = new Map<string, unknown>()
    for (const map of maps) {
      if (!isMap(map) || depth >= MERGE_DEPTH_MAX) {
        this.#note('this cannot be merged: skipped', pair.key)
        continue
      }
      for (const [name, inner] of this.#pairs(map.items, depth + 1)) if (!merged.has(name)) merged.set(name, inner)
    }
    return merged
  }

  #sources(node: unknown, name: string, mayBeMap = true): readonly string[] {
    const value = this.#resolve(node)
    if (isNothing(value)) return []
    if (isScalar(value)) return value.value === '' ? [] : [String(value.value)]
    if (isSeq(value)) return this.#list(value.items, name)
    const url = isMap(value) && mayBeMap ? value.items.find(pair => this.#text(pair.key) === 'url') : undefined
    if (url !== undefined) return this.#sources(url.value, name, false)
    this.#note(`${name} has no source here: it must be a text, a list of texts, or url: with one of them`, node)
    return []
  }

  #list(items: readonly unknown[], name: string): readonly string[] {
    const sources: string[] = []
    for (const item of items.slice(0, SOURCES_READ_MAX)) {
      const value = this.#resolve(item)
      if (isScalar(value) && !isNothing(value) && value.value !== '') sources.push(String(value.value))
      else this.#note(`an item of ${name} is not a text: skipped`, item)
    }
    return sources
  }

  #environment(pair: Pair): ReadonlyMap<string, string> {
    const map = this.#resolve(pair.value)
    const values = new Map<string, string>()
    if (!isMap(map)) return values
    for (const { key, value } of map.items) {
      const name = this.#text(key)
      const scalar = this.#resolve(value)
      if (name !== undefined && isScalar(scalar)) values.set(name, isNothing(scalar) ? '' : String(scalar.value))
    }
    return values
  }

  #noteUnused(pair: Pair, key: string | undefined): void {
    if (key === undefined) this.#note('this key is not understood: skipped', pair.key)
    else if (KNOWN_KEYS.includes(key)) this.#note(`${key}: is not used yet`, pair.key)
    else this.#note(`${key}: is not a key of go2rtc`, pair.key)
  }

  #note(message: string, node: unknown): void {
    this.#notes.push(this.#yaml.noteOn(message, node))
  }

  #text(node: unknown): string | undefined {
    const value = this.#resolve(node)
    return isScalar(value) ? String(value.value ?? '') : undefined
  }

  #resolve(node: unknown): unknown {
    const value = this.#yaml.resolve(node)
    if (value !== node && ++this.#aliasCount > ALIASES_MAX)
      throw new YamlSyntaxError(this.#yaml.noteOn(`there are more than ${ALIASES_MAX} aliases`, node))
    return value
  }
}

/** `<<`, not in quotes. */
export const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.value === '<<' && (key.type ?? 'PLAIN') === 'PLAIN'
