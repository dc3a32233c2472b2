import { isIP } from 'node:net'
import { crc32 } from 'node:zlib'

/** Parts of a candidate line that everybody writes (RFC 8839 §5.1). */
const PARTS_MIN = 8
/** Characters of a candidate line: real ones have some hundred. */
const LINE_CHARACTERS_MAX = 512
const PORT_MAX = 65_535
const PRIORITY_MAX = 2 ** 32 - 1

/** How an address was found: of the machine, as a server saw it, as a peer saw it, or a server's own. */
export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay'

/** An address where one side may be reached. */
export interface IceCandidate {
  readonly type: CandidateType
  readonly protocol: 'udp' | 'tcp'
  /** An address, or a name that the other side resolves; IPv6 without brackets. */
  readonly address: string
  readonly port: number
  /** From 0 to 2³² − 1; more is better. */
  readonly priority: number
  /** Of TCP: whether the other side connects to it. */
  readonly tcpType?: 'passive' | 'active' | 'so'
}

/** Preferences of the types (RFC 8445 §5.1.2.2). */
const typePreferences: Readonly<Record<CandidateType, number>> = { host: 126, prflx: 110, srflx: 100, relay: 0 }

/** The priority of a component's only address of a kind (RFC 8445 §5.1.2.1); `local` from 0 to 65 535. */
export const candidatePriority = (type: CandidateType, local: number): number =>
  typePreferences[type] * 2 ** 24 + local * 2 ** 8 + 255

/** What a pair of addresses is worth (RFC 8445 §6.1.2.3), the controlling side's first. */
export const pairPriority = (controlling: number, controlled: number): bigint => {
  const [low, high] = controlling < controlled ? [controlling, controlled] : [controlled, controlling]
  return (BigInt(low) << 32n) + 2n * BigInt(high) + (controlling > controlled ? 1n : 0n)
}

/** A candidate's line without `candidate:` (RFC 8839 §5.1); what would tell more of this machine is left zero. */
export const formatCandidate = ({ type, protocol, address, port, priority, tcpType }: IceCandidate): string => {
  const family = isIP(address) === 6 ? 6 : 4
  // go2rtc: alike in type, address and network, and so paced together by browsers (RFC 8445 §5.1.1.3).
  const foundation = crc32(`${type}${address}${protocol}${family}`)
  const related = type === 'host' ? '' : ` raddr ${family === 6 ? '::' : '0.0.0.0'} rport 0`
  const tcp = tcpType === undefined ? '' : ` tcptype ${tcpType}`
  return `${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${related}${tcp}`
}

/** Reads a line, with `candidate:` or `a=candidate:` before it or not. `undefined`: it is none, or of no use. */
export const parseCandidate = (line: string): IceCandidate | undefined => {
  if (line.length > LINE_CHARACTERS_MAX) return undefined
  const parts = line
    .trim()
    .replace(/^(?:a=)?candidate:/, '')
    .split(/\s+/)
  if (parts.length < PARTS_MIN) return undefined
  const [, , word = '', priorityText = '', address = '', portText = '', , type = ''] = parts
  const protocol = word.toLowerCase()
  const port = Number(portText)
  const priority = Number(priorityText)
  if (protocol !== 'udp' && protocol !== 'tcp') return undefined
  if (!isType(type) || address === '') return undefined
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) return undefined
  if (!Number.isInteger(priority) || priority < 0 || priority > PRIORITY_MAX) return undefined
  const tcpType = parts[parts.indexOf('tcptype', PARTS_MIN) + 1]
  return {
    ...{ type, protocol, address, port, priority },
    ...(protocol === 'tcp' && { tcpType: tcpType === 'active' || tcpType === 'so' ? tcpType : 'passive' }),
  }
}

const isType = (text: string): text is CandidateType => Object.hasOwn(typePreferences, text)
