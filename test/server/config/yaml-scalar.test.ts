import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { formatScalar, type ScalarStyle } from '#server/config/yaml-scalar.ts'

const rows = [
  { name: 'a URL stays plain', text: 'rtsp://admin:p@ss!@10.0.0.1:554/x?a=1&b=2#audio=opus', block: undefined },
  { name: 'a command stays plain', text: "exec:ffmpeg -i 'x y' -f rtsp {output}", block: undefined },
  { name: 'a number is quoted', text: '101', block: "'101'" },
  { name: 'a word that could be true is quoted', text: 'yes', block: "'yes'" },
  { name: 'a merge key is quoted', text: '<<', block: "'<<'" },
  { name: 'a colon and a space are quoted', text: 'a: b', block: "'a: b'" },
  { name: 'a hash after a space is quoted', text: 'a #b', block: "'a #b'" },
  { name: 'a colon at the end is quoted', text: 'a:', block: "'a:'" },
  { name: 'a quote is doubled in quotes', text: "'a", block: "'''a'" },
  { name: 'a line break is escaped', text: 'a\nb', block: '"a\\nb"' },
  { name: 'a space at the end is quoted', text: 'a ', block: "'a '" },
  { name: 'nothing is quoted', text: '', block: '""' },
  { name: 'an alias sign is quoted', text: '*a', block: "'*a'" },
]

test.for(rows)('$name', ({ text, block }) => {
  expect(formatScalar(text, { flow: false })).toBe(block ?? text)
})

test('a comma is quoted in a flow collection alone', () => {
  expect(formatScalar('a,b', { flow: false })).toBe('a,b')
  expect(formatScalar('a,b', { flow: true })).toBe("'a,b'")
})

test('a style is kept', () => {
  expect(formatScalar('a', { flow: false, style: 'QUOTE_DOUBLE' })).toBe('"a"')
  expect(formatScalar('a', { flow: false, style: 'QUOTE_SINGLE' })).toBe("'a'")
})

test('whatever the text, it is read as it was, as a value, in a list and as a key', () => {
  const styles = fc.constantFrom<ScalarStyle>('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE')
  const odd = fc
    .array(
      fc.constantFrom(
        'a',
        ' ',
        ':',
        '#',
        '-',
        '?',
        '"',
        "'",
        '\\',
        '{',
        ',',
        ']',
        '\n',
        '\t',
        '~',
        '0',
        '.',
        '!',
        '&',
        '*',
        '|',
        '%',
        '@',
        '`',
        '\u0085',
        '\u2028',
        '\ufeff',
        'é',
        '🚪',
      ),
    )
    .map(list => list.join(''))
  const texts = fc.oneof(fc.string({ unit: 'binary' }), odd).filter(text => text.isWellFormed())
  fc.assert(
    fc.property(texts, styles, (text, style) => {
      expect(parse(`a: ${formatScalar(text, { flow: false, style })}`)).toEqual({ a: text })
      expect(parse(`[${formatScalar(text, { flow: true, style })}, b]`)).toEqual([text, 'b'])
      if (text.length < 500)
        expect(parse(`${formatScalar(text, { flow: false, style })}: b`, { mapAsMap: true })).toEqual(
          new Map([[text, 'b']]),
        )
    }),
    { numRuns: 2000 },
  )
})
