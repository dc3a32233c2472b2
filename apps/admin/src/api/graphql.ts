import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './graphql-env.d.ts'

/** Writes a GraphQL document; its result and variables are typed by the server's schema. */
export const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: { ID: string; JSON: string }
  disableMasking: true
}>()
