/** The standard port of the RTSP server, for when the server does not tell. */
const RTSP_PORT = 8554

/** What the links need to know of the server, as this browser reaches it. */
export interface Reachable {
  /** Host name or address, as in the page's own address. */
  readonly hostname: string
  /** Of the page, up to and including the base path's `/`. */
  readonly pageUrl: string
  /** `ip:port` as bound; empty when it is off. */
  readonly rtspAddress: string
}

/** One thing to paste elsewhere. */
export interface Link {
  readonly heading: string
  readonly text: string
  readonly hint?: string
}

/** Where a stream can be had from, and what to write in other programs. */
export function streamLinks(name: string, { hostname, pageUrl, rtspAddress }: Reachable): readonly Link[] {
  const port = /:(\d+)$/.exec(rtspAddress)?.[1] ?? String(RTSP_PORT)
  const rtsp = `rtsp://${hostname}:${port}/${name.split('/').map(encodeURIComponent).join('/')}`
  const socket = new URL(`api/ws?src=${encodeURIComponent(name)}`, pageUrl)
  socket.protocol = socket.protocol === 'https:' ? 'wss:' : 'ws:'
  return [
    { heading: 'RTSP', text: rtsp, hint: 'For recorders, VLC and everything else that takes a camera address.' },
    { heading: 'MSE over WebSocket', text: socket.href, hint: 'For cards and players that speak go2rtc’s protocol.' },
    { heading: 'ffplay', text: `ffplay -rtsp_transport tcp ${shellWord(rtsp)}` },
    { heading: 'VLC', text: `vlc ${shellWord(rtsp)}` },
    {
      heading: 'Home Assistant',
      text: `# configuration.yaml\ngo2rtc:\n  url: ${pageUrl.replace(/\/$/, '')}`,
      hint: 'Restart Home Assistant, then add the integration “Generic Camera” with the RTSP address above.',
    },
    { heading: 'Frigate', text: frigate(name, rtsp) },
  ]
}

function frigate(name: string, rtsp: string): string {
  return [
    'cameras:',
    `  ${name.toLowerCase().replace(/[^a-z0-9_-]+/g, '_')}:`,
    '    ffmpeg:',
    '      inputs:',
    `        - path: ${rtsp}`,
    '          input_args: preset-rtsp-restream',
    '          roles: [detect, record]',
  ].join('\n')
}

const shellWord = (word: string): string => (/^[\w:/.@%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
