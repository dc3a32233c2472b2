import type { FastifyRequest } from 'fastify'

/** A request's query as Go reads it: keys may repeat, `+` is a space, what cannot be decoded stays. */
export const queryOf = (request: FastifyRequest): URLSearchParams => {
  const at = request.url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1))
}
