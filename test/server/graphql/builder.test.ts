import { GraphQLScalarType } from 'graphql'
import { expect, test } from 'vitest'
import { buildGraphQLSchema } from '#server/graphql/schema.ts'

test('JSON leaves as a text that parses', () => {
  const scalar = buildGraphQLSchema().getType('JSON') as GraphQLScalarType
  expect(scalar).toBeInstanceOf(GraphQLScalarType)
  const value = { sources: ['rtsp://a/"b"'], nested: [null, 1] }
  expect(JSON.parse(scalar.serialize(value) as string)).toEqual(value)
})
