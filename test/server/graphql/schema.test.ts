import { type GraphQLObjectType, isObjectType, validateSchema } from 'graphql'
import { expect, test } from 'vitest'
import { buildGraphQLSchema } from '#server/graphql/schema.ts'

test('the schema is valid, and may be built again', () => {
  expect(validateSchema(buildGraphQLSchema())).toEqual([])
  expect(validateSchema(buildGraphQLSchema())).toEqual([])
})

test('every command has a dry run', () => {
  const commands = Object.values((buildGraphQLSchema().getMutationType() as GraphQLObjectType).getFields())
  const without = commands.filter(field => !field.args.some(arg => arg.name === 'dryRun')).map(field => field.name)
  expect(without).toEqual(['probeSource'])
})

test('a list never holds nothing in its places', () => {
  const types = Object.values(buildGraphQLSchema().getTypeMap()).filter(
    type => isObjectType(type) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[]
  const loose = types.flatMap(type =>
    Object.values(type.getFields())
      .filter(field => /\[\w+\]/.test(String(field.type)))
      .map(field => `${type.name}.${field.name}`),
  )
  expect(types.length).toBeGreaterThan(15)
  expect(loose).toEqual([])
})
