import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { expect, test } from 'vitest'
import { schemaText } from '#server/graphql/print-schema.ts'

test('the schema’s text is sorted, parses, and prints to itself', () => {
  const text = schemaText()
  expect(`${printSchema(lexicographicSortSchema(buildSchema(text)))}\n`).toBe(text)
})
