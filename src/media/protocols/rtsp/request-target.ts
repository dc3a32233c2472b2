/** What a player asks to see. */
export interface StreamTarget {
  /** Names the stream may have, the likeliest first: as written, and percent-decoded. */
  readonly names: readonly string[]
  readonly query: string
}

/** Reads the URL of a DESCRIBE: the path without its first slash names the stream. */
export const parseStreamTarget = (target: string): StreamTarget => {
  const path = target.replace(/^rtsps?:\/\/[^/?]*/i, '')
  const at = path.indexOf('?')
  const written = (at < 0 ? path : path.slice(0, at)).replace(/^\/|\/$/g, '')
  return { names: [...new Set([written, decode(written)])], query: at < 0 ? '' : path.slice(at + 1) }
}

/** The number of the track a SETUP means: the digits after its last `=`; 0 when it names none. */
export const trackIndexOf = (target: string): number => Number(/=(\d{1,3})\/?$/.exec(target)?.[1] ?? 0)

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
