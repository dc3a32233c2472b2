import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { ViewerAddress } from '#media'

/** Characters of a forwarding header that are shown. */
const FORWARDED_LENGTH_MAX = 100

/** What a connection tells of who is behind it. */
export interface ViewerConnection {
  readonly socket: { readonly remotePort?: number | undefined }
  readonly caller: { readonly address: string }
  readonly headers: IncomingHttpHeaders
}

/** Who watches, as go2rtc shows it: `ip:port`, with what a proxy says behind it; empty for a unix socket. */
export const viewerAddress = ({ socket, caller, headers }: ViewerConnection): ViewerAddress => {
  const own = socket.remotePort === undefined ? '' : `${caller.address}:${socket.remotePort}`
  const forwarded = String(headers['x-forwarded-for'] ?? '').slice(0, FORWARDED_LENGTH_MAX)
  return {
    remoteAddress: forwarded === '' ? own : `${own} forwarded ${forwarded}`,
    userAgent: headers['user-agent'] ?? '',
  }
}

/** The same of a request. */
export const requestAddress = ({ raw, caller, headers }: FastifyRequest): ViewerAddress =>
  viewerAddress({ socket: raw.socket, caller, headers })
