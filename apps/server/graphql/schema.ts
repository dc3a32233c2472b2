import type { GraphQLSchema } from 'graphql'
import { newBuilder } from './builder.ts'
import { addEventTypes } from './event-types.ts'
import { addMutations } from './mutations.ts'
import { addQueries } from './queries.ts'
import { addStreamTypes } from './stream-types.ts'
import { addSubscriptions } from './subscriptions.ts'
import { addSystemTypes } from './system-types.ts'

/** The whole schema. */
export const buildGraphQLSchema = (): GraphQLSchema => {
  const builder = newBuilder()
  addStreamTypes(builder)
  addEventTypes(builder)
  addSystemTypes(builder)
  addQueries(builder)
  addMutations(builder)
  addSubscriptions(builder)
  return builder.toSchema()
}
