import { type ErrorCode, LineCounter, parseDocument } from 'yaml'
import { type LogLevel, parseLogLevel } from '../logging/log-level.ts'
import type { LogLevels } from '../logging/server-log.ts'
import { type Environment, resolveVariables } from './environment.ts'
import { readWebRtc, type WebRtcSettings } from './webrtc-settings.ts'

/** Aliases one text may resolve: a bomb of anchors ends here. */
const ALIAS_COUNT_MAX = 100
/** Hosts, by which this server may be called, that one configuration may name. */
const HOST_COUNT_MAX = 100

/** Bytes one datagram can hold. */
const PACKET_BYTES_MAX = 65_507
/** A day: longer than that is for ever, which `preload` says. */
const LINGER_SECONDS_MAX = 86_400

/** One configuration text; variables are replaced in files only, as go2rtc does. */
export interface ConfigText {
  /** A path, or words for a text from the command line. */
  readonly name: string
  readonly text: string
  readonly isFile: boolean
}

/** How the HTTP API is reached, and by whom. */
export interface ApiSettings {
  /** `host:port` or `:port`; empty: no TCP. */
  readonly listen: string
  /** Path of a unix socket; empty: none. */
  readonly unixListen: string
  /** Empty: nobody is asked. */
  readonly username: string
  readonly password: string
  /** Whether this machine itself is asked as well. */
  readonly localAuth: boolean
  /** `*`: any web page may use the API; an origin: that one may; empty: our own pages only. */
  readonly origin: string
  /** Names by which browsers may call this server, beside addresses and local names. */
  readonly allowHosts: readonly string[]
}

/** Where the RTSP server listens and what it asks for. */
export interface RtspSettings {
  readonly listen: string
  readonly username: string
  readonly password: string
  readonly defaultQuery: string
  /** Bytes of an H.264 or H.265 packet; 0: as the camera made them. */
  readonly packetBytesMax: number
  /** Whether players may have their packets as datagrams. */
  readonly udp: boolean
}

/** How programs are run. */
export interface ProgramSettings {
  /** Templates of `ffmpeg:`, by name. */
  readonly ffmpeg: Readonly<Record<string, string>>
  /** What ffmpeg says at least. */
  readonly ffmpegLogLevel: string
  /** Programs that `exec:` and `echo:` may run; `undefined`: all. */
  readonly execAllowPaths: readonly string[] | undefined
  readonly echoAllowPaths: readonly string[] | undefined
}

/** How sources and streams are kept. */
export interface SourceSettings {
  /** Seconds a source stays connected after its last viewer. */
  readonly lingerSeconds: number
}

/** The keys of go2rtc.yaml that the server itself reads; streams and preloads are the control plane's. */
export interface Settings {
  readonly api: ApiSettings
  readonly rtsp: RtspSettings
  readonly webrtc: WebRtcSettings
  readonly programs: ProgramSettings
  readonly sources: SourceSettings
  readonly log: LogLevels
}

/** What is wrong with a text, in words; lines and columns count from 1. */
export interface SettingsProblem {
  readonly source: string
  readonly message: string
  readonly line?: number
  readonly column?: number
}

/** Settings of several texts, and what could not be used. */
export interface SettingsReading {
  readonly settings: Settings
  /** The `env:` maps of all texts. */
  readonly env: ReadonlyMap<string, string>
  readonly problems: readonly SettingsProblem[]
}

/**
 * Merges configuration texts over go2rtc's defaults: of two scalars the later wins, maps merge by key. A text
 * that is not YAML is skipped and told; the others count. Scalars are taken as they are written (`0123` stays).
 */
export const readSettings = (
  configs: readonly ConfigText[],
  system: Environment['system'] = process.env,
): SettingsReading => {
  const env = new Map<string, string>()
  const problems: SettingsProblem[] = []
  const merged = new Map<string, Map<string, unknown>>()
  for (const config of configs) {
    const reading = readText(config, config.isFile ? expand(config, env, system) : config.text)
    if ('problem' in reading) problems.push(reading.problem)
    else merge(merged, reading.sections, env)
  }
  const section = new Section(merged, problems)
  const settings = {
    ...{ api: readApi(section), rtsp: readRtsp(section), webrtc: readWebRtc(section), log: readLog(section) },
    ...{ programs: readPrograms(section), sources: readSources(section) },
  }
  return { settings, env, problems }
}

const readApi = (section: Section): ApiSettings => ({
  listen: section.text('api', 'listen', ':1984'),
  unixListen: section.text('api', 'unix_listen', ''),
  username: section.text('api', 'username', ''),
  password: section.text('api', 'password', ''),
  localAuth: section.text('api', 'local_auth', 'false').toLowerCase() === 'true',
  origin: section.text('api', 'origin', ''),
  allowHosts: section.list('api', 'allow_hosts').slice(0, HOST_COUNT_MAX),
})

const readRtsp = (section: Section): RtspSettings => ({
  listen: section.text('rtsp', 'listen', ':8554'),
  username: section.text('rtsp', 'username', ''),
  password: section.text('rtsp', 'password', ''),
  defaultQuery: section.text('rtsp', 'default_query', 'video&audio'),
  packetBytesMax: section.number('rtsp', 'pkt_size', 0, PACKET_BYTES_MAX),
  udp: section.text('rtsp', 'udp', 'false').toLowerCase() === 'true',
})

const readPrograms = (section: Section): ProgramSettings => ({
  ffmpeg: Object.fromEntries(section.keys('ffmpeg').map(name => [name, section.text('ffmpeg', name, '')])),
  ffmpegLogLevel: section.text('log', 'ffmpeg', 'error'),
  execAllowPaths: section.optionalList('exec', 'allow_paths'),
  echoAllowPaths: section.optionalList('echo', 'allow_paths'),
})

const readSources = (section: Section): SourceSettings => ({
  lingerSeconds: section.number('sources', 'linger', 0, LINGER_SECONDS_MAX),
})

/** Keys of `log` that are no module's name. */
const logKeys: ReadonlySet<string> = new Set(['level', 'format', 'output', 'time'])

const readLog = (section: Section): LogLevels => {
  const modules = section.keys('log').filter(key => !logKeys.has(key))
  return {
    level: section.level('level'),
    modules: new Map(modules.map(module => [module, section.level(module)])),
  }
}

/** Merged sections, read key by key; what has the wrong shape is told and replaced by its default. */
export class Section {
  readonly #sections: ReadonlyMap<string, ReadonlyMap<string, unknown>>
  readonly #problems: SettingsProblem[]

  constructor(sections: ReadonlyMap<string, ReadonlyMap<string, unknown>>, problems: SettingsProblem[]) {
    this.#sections = sections
    this.#problems = problems
  }

  keys(section: string): readonly string[] {
    return [...(this.#sections.get(section)?.keys() ?? [])]
  }

  text(section: string, key: string, otherwise: string): string {
    const value = this.#sections.get(section)?.get(key)
    if (value === undefined) return otherwise
    if (typeof value === 'string') return value
    this.wrong(section, key, 'must be a text')
    return otherwise
  }

  /** A number from 0 to `max`. */
  number(section: string, key: string, otherwise: number, max: number): number {
    const text = this.text(section, key, String(otherwise))
    if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text)
    this.wrong(section, key, `must be a number from 0 to ${max}`)
    return otherwise
  }

  /** A list that means something else when it is not there than when it is empty. */
  optionalList(section: string, key: string): readonly string[] | undefined {
    return this.#sections.get(section)?.has(key) ? this.list(section, key) : undefined
  }

  list(section: string, key: string): readonly string[] {
    const value = this.#sections.get(section)?.get(key)
    if (value === undefined || value === '') return []
    if (typeof value === 'string') return [value]
    if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value
    this.wrong(section, key, 'must be a list of texts')
    return []
  }

  /** Whatever is there: maps as `Map`, texts as they are written. `undefined`: nothing. */
  raw(section: string, key: string): unknown {
    return this.#sections.get(section)?.get(key)
  }

  level(key: string): LogLevel {
    const text = this.text('log', key, 'info')
    const level = parseLogLevel(text)
    if (level === undefined) this.wrong('log', key, `"${text}" is no level: use trace, debug, info, warn or error`)
    return level ?? 'info'
  }

  /** Tells what is wrong with a value. */
  wrong(section: string, key: string, what: string): void {
    this.#problems.push({ source: `${section}.${key}`, message: `${section}.${key} ${what}` })
  }
}

/** A file's own `env:` counts for the file itself, so it is read once before. */
const expand = (config: ConfigText, env: Map<string, string>, system: Environment['system']): string => {
  const first = readText(config, config.text)
  if ('sections' in first) merge(new Map(), first.sections, env)
  return resolveVariables(config.text, { configured: env, system }).text
}

const merge = (
  merged: Map<string, Map<string, unknown>>,
  sections: ReadonlyMap<unknown, unknown>,
  env: Map<string, string>,
): void => {
  for (const [name, section] of sections) {
    if (typeof name !== 'string' || !(section instanceof Map)) continue
    const target = merged.get(name) ?? new Map<string, unknown>()
    merged.set(name, target)
    for (const [key, value] of section) {
      target.set(String(key), value)
      if (name === 'env' && typeof value === 'string') env.set(String(key), value)
    }
  }
}

type TextReading = { readonly sections: ReadonlyMap<unknown, unknown> } | { readonly problem: SettingsProblem }

/** The failsafe schema leaves every scalar the text it is; maps keep keys such as `__proto__` harmless. */
const readText = (config: ConfigText, text: string): TextReading => {
  const lines = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: lines, prettyErrors: false })
  const error = document.errors[0]
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    return { problem: { source: config.name, message: inWords(error.code, error.message), line, column: col } }
  }
  try {
    const value: unknown = document.toJS({ mapAsMap: true, maxAliasCount: ALIAS_COUNT_MAX })
    return { sections: value instanceof Map ? value : new Map() }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { problem: { source: config.name, message } }
  }
}

/** What to look for, where the parser's own words do not say it. */
const inWords = (code: ErrorCode, message: string): string => {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key is there twice'
    case 'TAB_AS_INDENT':
      return 'a tab is used to indent: use spaces'
    default:
      return message
  }
}
