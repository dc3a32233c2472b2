/** What a source's scheme is to a person. */
const KINDS: Readonly<Record<string, string>> = {
  demo: 'Demo camera',
  rtsp: 'RTSP camera',
  rtsps: 'RTSP camera (TLS)',
  rtspx: 'RTSP camera (TLS)',
  rtmp: 'RTMP',
  ffmpeg: 'FFmpeg',
  exec: 'Program',
  http: 'HTTP',
  https: 'HTTPS',
  onvif: 'ONVIF camera',
}

/** A source in a few words: `192.168.1.20 · RTSP camera`, `Demo camera`; the text itself when it is no URL. */
export function sourceWords(source: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase()
  if (scheme === undefined) return source
  const kind = KINDS[scheme] ?? scheme
  const host = /:\/\/(?:[^@/]*@)?([^/?#]+)/.exec(source)?.[1]
  if (host !== undefined) return `${host} · ${kind}`
  const rest = source.slice(scheme.length + 1)
  return rest === '' ? kind : `${rest.split(/[?#]/)[0]} · ${kind}`
}

/** All sources in one line: the first in words, the others counted; a remark when there is none. */
export function sourcesLine(sources: readonly string[]): string {
  const [first, ...others] = sources
  if (first === undefined) return 'No source: waits for somebody to push'
  return others.length === 0 ? sourceWords(first) : `${sourceWords(first)}, and ${others.length} more`
}
