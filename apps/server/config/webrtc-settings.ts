import type { Section } from './settings.ts'

/** Candidates and servers that one configuration may name; the engine asks fewer for one browser. */
const CANDIDATES_MAX = 100
const SERVERS_MAX = 100
const PORT_MAX = 65_535

const networks = ['udp4', 'udp6', 'tcp4', 'tcp6'] as const
const filterKeys: ReadonlySet<string> = new Set([
  ...['candidates', 'loopback', 'interfaces', 'ips', 'networks', 'udp_ports'],
])

/** go2rtc's, where nothing is said. */
const defaultServers: readonly IceServerSettings[] = [
  { urls: ['stun:stun.cloudflare.com:3478', 'stun:stun.l.google.com:19302'] },
]

/** STUN or TURN servers with the same credentials. */
export interface IceServerSettings {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

/** What of this machine is used and told; a list that is missing means all. */
export interface CandidateFilterSettings {
  readonly candidates?: readonly string[]
  readonly loopback?: true
  readonly interfaces?: readonly string[]
  readonly ips?: readonly string[]
  readonly networks?: readonly (typeof networks)[number][]
  readonly udpPorts?: readonly [number, number]
}

/** Where browsers reach the server by WebRTC, and whom it asks for ways. */
export interface WebRtcSettings {
  readonly listen: string
  readonly candidates: readonly string[]
  readonly iceServers: readonly IceServerSettings[]
  readonly filters: CandidateFilterSettings
}

/** The section `webrtc`, over go2rtc's defaults; what has the wrong shape is told and replaced by them. */
export const readWebRtc = (section: Section): WebRtcSettings => ({
  listen: section.text('webrtc', 'listen', ':8555'),
  candidates: section.list('webrtc', 'candidates').slice(0, CANDIDATES_MAX),
  iceServers: readServers(section, section.raw('webrtc', 'ice_servers')),
  filters: readFilters(section, section.raw('webrtc', 'filters')),
})

const readServers = (section: Section, value: unknown): readonly IceServerSettings[] => {
  if (value === undefined) return defaultServers
  if (value === '' || value === null) return []
  if (!Array.isArray(value)) {
    section.wrong('webrtc', 'ice_servers', 'must be a list of servers')
    return []
  }
  return value.slice(0, SERVERS_MAX).flatMap(server => readServer(section, server) ?? [])
}

const readServer = (section: Section, server: unknown): IceServerSettings | undefined => {
  const urls: unknown = server instanceof Map ? server.get('urls') : undefined
  if (!(server instanceof Map) || !isTexts(urls)) {
    section.wrong('webrtc', 'ice_servers', 'must be servers with a list of urls each')
    return undefined
  }
  const [username, credential]: readonly unknown[] = [server.get('username'), server.get('credential')]
  return {
    urls,
    ...(typeof username === 'string' && { username }),
    ...(typeof credential === 'string' && { credential }),
  }
}

const readFilters = (section: Section, value: unknown): CandidateFilterSettings => {
  if (value === undefined || value === '') return {}
  if (!(value instanceof Map)) {
    section.wrong('webrtc', 'filters', 'must be a map')
    return {}
  }
  for (const key of value.keys())
    if (!filterKeys.has(String(key))) section.wrong('webrtc', 'filters', `has no key ${String(key)}`)
  const texts = (key: string): readonly string[] | undefined => {
    const list: unknown = value.get(key)
    if (list === undefined || isTexts(list)) return list
    if (list === '') return []
    section.wrong('webrtc', 'filters', `${key} must be a list of texts`)
    return undefined
  }
  const [candidates, interfaces, ips, named] = [
    texts('candidates'),
    texts('interfaces'),
    texts('ips'),
    texts('networks'),
  ]
  const udpPorts = readPorts(section, value.get('udp_ports'))
  if (named?.some(name => !networks.some(one => one === name)) === true)
    section.wrong('webrtc', 'filters', `networks must be of ${networks.join(', ')}`)
  return {
    ...(String(value.get('loopback')).toLowerCase() === 'true' && { loopback: true as const }),
    ...(candidates !== undefined && { candidates }),
    ...(interfaces !== undefined && { interfaces }),
    ...(ips !== undefined && { ips }),
    ...(named !== undefined && { networks: networks.filter(name => named.includes(name)) }),
    ...(udpPorts !== undefined && { udpPorts }),
  }
}

const readPorts = (section: Section, value: unknown): readonly [number, number] | undefined => {
  if (value === undefined) return undefined
  const [low, high] = isTexts(value) && value.length === 2 ? value.map(Number) : []
  if (isPort(low) && isPort(high) && low <= high) return [low, high]
  section.wrong('webrtc', 'filters', 'udp_ports must be two ports, the lower one first')
  return undefined
}

const isPort = (port: number | undefined): port is number =>
  port !== undefined && Number.isInteger(port) && port > 0 && port <= PORT_MAX

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string')
