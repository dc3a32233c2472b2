import { headersOf, type TextHeaders } from '../../net/text-message.ts'
import { formatTarget, parseRtspUrl } from './rtsp-url.ts'

/**
 * QUIRK TP-Link Tapo and VIGI cameras that have no password ask everybody for one who does not ask
 * as if from the camera itself. Their challenge names the server, "TP-LINK Streaming Media".
 */
export const asksAllButItself = (headers: TextHeaders): boolean =>
  headersOf(headers, 'WWW-Authenticate').some(value => value.includes('TP-LINK Streaming Media'))

/** The same address, asked for from the camera itself: see `asksAllButItself`. */
export const asItself = (target: string): string => {
  try {
    return formatTarget({ ...parseRtspUrl(target), host: '127.0.0.1', port: 554 })
  } catch {
    return target
  }
}
