import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type ParseOptions, parse } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import type { GraphQLContext, GraphQLServices } from './graphql-context.ts'
import { findExcess, TOKEN_COUNT_MAX } from './limits.ts'
import { buildGraphQLSchema } from './schema.ts'

/** Where GraphQL answers. */
export const GRAPHQL_PATH = '/api/graphql'

interface ServerContext {
  readonly req: FastifyRequest
  readonly reply: FastifyReply
}

/** Refuses what is too much, while it is read and right after. */
const limits: Plugin = {
  onParse({ setParseFn }) {
    setParseFn((source: string, options: ParseOptions) => {
      const document = parse(source, { ...options, maxTokens: TOKEN_COUNT_MAX })
      const excess = findExcess(document)
      if (excess !== undefined) throw new GraphQLError(excess, { extensions: { code: 'too_many' } })
      return document
    })
  },
}

/** Answers one request, subscriptions included (`text/event-stream`). */
export type GraphQLHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<Response>

/** The GraphQL server; made on first use, as it is a third of the server's memory at rest. */
export const createGraphQLHandler = (services: GraphQLServices): GraphQLHandler => {
  const { log } = services
  const tell =
    (level: 'debug' | 'warn' | 'error') =>
    (...args: readonly unknown[]) =>
      log[level](
        { error: args.map(arg => (arg instanceof Error ? (arg.stack ?? arg.message) : String(arg))).join(' ') },
        'graphql',
      )
  const yoga = createYoga<ServerContext, GraphQLContext>({
    schema: buildGraphQLSchema(),
    graphqlEndpoint: GRAPHQL_PATH,
    // Its page loads its parts from another server; ours stands in graphiql.ts and needs nobody.
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    maskedErrors: true,
    logging: { debug: tell('debug'), info: tell('debug'), warn: tell('warn'), error: tell('error') },
    plugins: [limits],
    context: ({ req }) => ({ ...services, actor: actorOf(req) }),
  })
  return async (request, reply) => yoga.handleNodeRequestAndResponse(request, reply, { req: request, reply })
}

/** Only a browser on one of our own pages sends these; it says who ordered, it gives no right. */
const actorOf = ({ headers, caller }: FastifyRequest): string => {
  const way = headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin' ? 'admin' : 'graphql'
  return caller.user === undefined ? way : `${way}:${caller.user}`
}
