import type { OpenedWebSocket } from '../../http/websocket.ts'

/** Characters of a forwarding header that are shown. */
const FORWARDED_LENGTH_MAX = 100

/** go2rtc: `ip:port`, with what a proxy says behind it; empty for a unix socket. */
export const remoteAddress = ({ socket, caller, request }: OpenedWebSocket): string => {
  const own = socket.remotePort === undefined ? '' : `${caller.address}:${socket.remotePort}`
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').slice(0, FORWARDED_LENGTH_MAX)
  return forwarded === '' ? own : `${own} forwarded ${forwarded}`
}
