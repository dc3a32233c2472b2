import type { FastifyReply, FastifyRequest } from 'fastify'

/** The page is one file with everything in it: nothing is loaded from elsewhere, so inline is all it has. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  'worker-src blob:',
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A browser that opens the address, not a program that asks a query. */
export const asksForPage = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && (headers.accept?.includes('text/html') ?? false)

/** GraphiQL, working without the internet. Its nine megabytes are loaded when somebody opens it for the first time. */
export const sendGraphiQL = async (reply: FastifyReply): Promise<FastifyReply> => {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .send(renderGraphiQL({ title: 'Sightline GraphQL', endpoint: './graphql', subscriptionsProtocol: 'SSE' }))
}
