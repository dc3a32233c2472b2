import type { FastifyRequest } from 'fastify'
import type { ViewerAddress } from '#media'

/** Characters of a forwarding header that are shown. */
const FORWARDED_LENGTH_MAX = 100

/** Who asks, as go2rtc shows it: `ip:port`, with what a proxy says behind it; empty for a unix socket. */
export const viewerAddress = ({ raw, caller, headers }: FastifyRequest): ViewerAddress => {
  const own = raw.socket.remotePort === undefined ? '' : `${caller.address}:${raw.socket.remotePort}`
  const forwarded = String(headers['x-forwarded-for'] ?? '').slice(0, FORWARDED_LENGTH_MAX)
  return {
    remoteAddress: forwarded === '' ? own : `${own} forwarded ${forwarded}`,
    userAgent: headers['user-agent'] ?? '',
  }
}
