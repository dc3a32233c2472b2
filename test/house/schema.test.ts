import { expect, test } from 'vitest'
import { schemaText } from '#server/graphql/print-schema.ts'
import { textOf } from './source-files.ts'

test('the schema file says what the server answers', () => {
  // When it does not: npm run schema
  expect(textOf('apps/server/schema.graphql')).toBe(schemaText())
})
