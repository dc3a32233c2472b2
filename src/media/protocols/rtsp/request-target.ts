/** What a player asks to see. */
export interface StreamTarget {
  /** Names the stream may have, the likeliest first: as written, and percent-decoded. */
  readonly names: readonly string[]
  readonly query: string
  /** `backchannel=1`: it wants to say something. */
  readonly backchannel: boolean
  /** `pkt_size`: bytes of a packet; 0: not said. */
  readonly packetBytes: number
  /** `source`: the source it is itself part of. */
  readonly source: string | undefined
  /** `log_level`: how loud its failures are told. */
  readonly logLevel: string
  /** `timeout`: seconds without media after which a publisher counts as gone; 0: not said. */
  readonly timeoutSeconds: number
}

/** Reads the URL of a DESCRIBE or ANNOUNCE: the path without its first slash names the stream, the query says how. */
export const parseStreamTarget = (target: string): StreamTarget => {
  const path = target.replace(/^rtsps?:\/\/[^/?]*/i, '')
  const at = path.indexOf('?')
  const written = (at < 0 ? path : path.slice(0, at)).replace(/^\/|\/$/g, '')
  const query = at < 0 ? '' : path.slice(at + 1)
  const options = new URLSearchParams(query)
  return {
    names: [...new Set([written, decode(written)])],
    query,
    backchannel: options.get('backchannel') === '1',
    packetBytes: numberOf(options.get('pkt_size')),
    source: options.get('source') || undefined,
    logLevel: options.get('log_level') ?? '',
    timeoutSeconds: numberOf(options.get('timeout')),
  }
}

/** The number of the track a SETUP means: the digits after its last `=`; 0 when it names none. */
export const trackIndexOf = (target: string): number => Number(/=(\d{1,3})\/?$/.exec(target)?.[1] ?? 0)

const numberOf = (text: string | null): number => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0)

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
