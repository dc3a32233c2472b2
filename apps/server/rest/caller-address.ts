import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { ViewerAddress } from '#media'
import type { Caller } from '../http/admission.ts'

/** Characters of a forwarding header that are shown. */
const FORWARDED_LENGTH_MAX = 100

/** Somebody who watches or publishes by HTTP. */
export interface Visit {
  readonly socket: Socket
  readonly caller: Caller
  readonly request: Pick<IncomingMessage, 'headers'>
}

/** go2rtc: `ip:port`, with what a proxy says behind it; empty for a unix socket. */
export const callerAddress = ({ socket, caller, request }: Visit): string => {
  const own = socket.remotePort === undefined ? '' : `${caller.address}:${socket.remotePort}`
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').slice(0, FORWARDED_LENGTH_MAX)
  return forwarded === '' ? own : `${own} forwarded ${forwarded}`
}

/** The same as the engine wants it. */
export const viewerAddress = (visit: Visit): ViewerAddress => ({
  remoteAddress: callerAddress(visit),
  userAgent: visit.request.headers['user-agent'] ?? '',
})

/** Who sent a request. */
export const requestAddress = (request: FastifyRequest): ViewerAddress =>
  viewerAddress({ socket: request.raw.socket, caller: request.caller, request })
