import type { Credentials } from '../../net/authentication.ts'
import { escapeHashInPassword, SourceNotSupportedError, type SourceUrl, splitSource } from '../../streams/source-url.ts'

/** A `webrtc:` source taken apart. */
export interface WebRtcSource {
  /** How the offer goes there: posted (WHEP), or by go2rtc's `/api/ws`. */
  readonly signalling: 'whep' | 'ws'
  /** Without credentials. */
  readonly url: URL
  readonly credentials?: Credentials
}

/** Forms of go2rtc that are services of their own, with logins of their own. */
const SERVICES = ['kinesis', 'switchbot', 'openipc', 'wyze', 'creality', 'milestone']

/** Reads a `webrtc:` source: `webrtc:http://…` or `webrtc:ws://…`, also with TLS. Throws `SourceNotSupportedError`. */
export const parseWebRtcSource = (source: SourceUrl): WebRtcSource => {
  const { url: text, options } = splitSource(escapeHashInPassword(source))
  const format = options.findLast(([key]) => key === 'format')?.[1]
  if (format !== undefined && SERVICES.includes(format))
    throw malformed(source, `asks for "${format}", which is a service that is not spoken here`)
  const url = URL.parse(text.replace(/^webrtc:/i, ''))
  const signalling = url === null ? undefined : signallings[url.protocol]
  if (url === null || url.hostname === '' || signalling === undefined)
    throw malformed(source, 'has no address: webrtc:http://host/whep or webrtc:ws://host/api/ws?src=name')
  const { username, password } = url
  url.username = ''
  url.password = ''
  const credentials = { username: decode(username), password: decode(password) }
  return { signalling, url, ...(username !== '' && { credentials }) }
}

const signallings: Readonly<Record<string, WebRtcSource['signalling']>> = {
  'http:': 'whep',
  'https:': 'whep',
  'ws:': 'ws',
  'wss:': 'ws',
}

/** A `%` that encodes nothing stands for itself. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const malformed = (source: SourceUrl, why: string): SourceNotSupportedError =>
  new SourceNotSupportedError('malformed_source', `"${source}" ${why}`)
