import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { buildGraphQLSchema } from './schema.ts'

/** The schema as text, sorted, as it is kept in `apps/server/schema.graphql`. */
export const schemaText = (): string => `${printSchema(lexicographicSortSchema(buildGraphQLSchema()))}\n`

if (import.meta.main) writeFileSync(join(import.meta.dirname, '..', 'schema.graphql'), schemaText())
