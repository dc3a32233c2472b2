import type { FastifyInstance } from 'fastify'
import { asksForPage, sendGraphiQL } from './graphiql.ts'
import type { GraphQLServices } from './graphql-context.ts'
import type { GraphQLHandler } from './yoga.ts'

/**
 * Adds `/api/graphql`, and GraphiQL for a browser that opens it. Everything behind it is loaded when somebody asks for the first time. Only JSON is taken:
 * a form of another site cannot send that without asking first.
 */
export const addGraphQLRoute = (app: FastifyInstance, services: GraphQLServices): void => {
  let handler: Promise<GraphQLHandler> | undefined
  app.route({
    method: ['GET', 'POST'],
    url: '/api/graphql',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      if (asksForPage(request)) return sendGraphiQL(reply)
      if (request.method === 'POST' && !isJson(request.headers['content-type']))
        return reply.code(415).type('text/plain; charset=utf-8').send('GraphQL takes application/json\n')
      handler ??= import('./yoga.ts').then(({ createGraphQLHandler }) => createGraphQLHandler(services))
      return (await handler)(request, reply)
    },
  })
}

const isJson = (contentType: string | undefined): boolean =>
  /^application\/(?:json|graphql-response\+json)\s*(?:;|$)/i.test(contentType ?? '')
