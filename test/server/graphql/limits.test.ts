import fc from 'fast-check'
import { getIntrospectionQuery, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { findExcess } from '#server/graphql/limits.ts'

const excess = (question: string): string | undefined => findExcess(parse(question))
const nested = (depth: number): string => `${'{a'.repeat(depth)}${'}'.repeat(depth)}`
const many = (count: number, of: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => of(at)).join(' ')

describe('a question', () => {
  test.each([
    ['12 levels deep', nested(12)],
    ['with 500 fields', `{${many(500, () => 'a')}}`],
    ['with 15 aliases', `{${many(15, at => `b${at}:a`)}}`],
    ['with 50 directives', `{${many(50, () => 'a @skip(if:false)')}}`],
    ['of a tool about the schema', getIntrospectionQuery()],
  ])('%s may be asked', (_name, question) => {
    expect(excess(question)).toBeUndefined()
  })

  test.each([
    ['13 levels deep', nested(13), /12 levels/],
    ['13 levels deep by inline fragments', `${'{... on Q{a'.repeat(13)}${'}}'.repeat(13)}`, /12 levels/],
    ['with 501 fields', `{${many(501, () => 'a')}}`, /500 fields/],
    ['with 16 aliases', `{${many(16, at => `b${at}:a`)}}`, /15 aliases/],
    ['with 51 directives', `{${many(51, () => 'a @skip(if:false)')}}`, /50 directives/],
    ['that goes in circles', '{...a} fragment a on Q{...b} fragment b on Q{...a}', /12 levels/],
    ['that asks for the schema’s schema without end', `{__schema{${many(501, () => 'a')}}}`, /500 fields/],
    ['hidden in a second operation', `query A{a} query B{${many(501, () => 'a')}}`, /500 fields/],
  ])('%s may not', (_name, question, words) => {
    expect(excess(question)).toMatch(words)
  })

  test('is looked at in bounded time, however its fragments multiply', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 2, max: 30 }), (levels, width) => {
        const fragments = many(levels, at => `fragment f${at} on Q{${many(width, () => `...f${at + 1}`)}}`)
        const question = `{...f0} ${fragments} fragment f${levels} on Q{a}`
        const total = width ** levels
        if (total > 500 || levels > 11) expect(excess(question)).toBeDefined()
      }),
    )
  })
})
