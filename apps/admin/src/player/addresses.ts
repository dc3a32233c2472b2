/**
 * The WebSocket of what was given as `src`: `ws:` as it is, `http:` as its WebSocket, everything else from the page's
 * base. `/api/ws?src=porch` is on the page's server, `api/ws?src=porch` below its base path. Throws `TypeError`.
 */
export function socketAddress(src: string, base: string): string {
  const url = new URL(src, base.replace(/[#?].*$/, ''))
  if (!/^(wss?|https?):$/.test(url.protocol)) throw new TypeError(`${url.protocol} is no way to a stream`)
  url.protocol = /^(wss|https):$/.test(url.protocol) ? 'wss:' : 'ws:'
  url.hash = ''
  return url.href
}

/** The playlist that an answer to `hls` names, beside the socket it came from; nothing when it names none. */
export function playlistAddress(master: string, socket: string): string | undefined {
  const named = master.split(/\r?\n/).find(line => line !== '' && !line.startsWith('#'))
  if (named === undefined) return undefined
  const url = new URL(named, socket)
  url.protocol = url.protocol === 'wss:' ? 'https:' : url.protocol === 'ws:' ? 'http:' : url.protocol
  return url.href
}
