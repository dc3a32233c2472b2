// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in a go2rtc.yaml look like this.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTemplate, referencesIn, sealTemplate, showTemplate } from '#server/config/secret-template.ts'

/** Names each new secret with the next number, the same secret with the same. */
const vault = () => {
  const values: string[] = []
  const seal = (value: string): string => {
    if (!values.includes(value)) values.push(value)
    return values.indexOf(value).toString(16).padStart(32, '0')
  }
  return { values, seal, open: (reference: string): string | undefined => values[Number.parseInt(reference, 16)] }
}

const first = '{secret:00000000000000000000000000000000}'
const rows = [
  {
    name: 'a password becomes a reference',
    text: 'rtsp://u:pw@h',
    sealed: `rtsp://u:${first}@h`,
    shown: 'rtsp://u:***@h',
  },
  { name: 'a variable stays', text: 'rtsp://u:${PW}@h', sealed: 'rtsp://u:${PW}@h', shown: 'rtsp://u:${PW}@h' },
  {
    name: 'the default of a variable becomes a reference',
    text: 'rtsp://u:${PW:x}@h',
    sealed: `rtsp://u:\${PW:${first}}@h`,
    shown: 'rtsp://u:${PW:***}@h',
  },
  {
    name: 'what stands beside a variable becomes a reference',
    text: 'rtsp://u:a${PW}@h',
    sealed: `rtsp://u:${first}\${PW}@h`,
    shown: 'rtsp://u:***${PW}@h',
  },
]

test.for(rows)('$name', ({ text, sealed, shown }) => {
  const { seal, open } = vault()
  const template = sealTemplate(text, seal)
  expect(template).toBe(sealed)
  expect(openTemplate(template, open)).toBe(text)
  expect(showTemplate(template)).toBe(shown)
})

test('the same secret has the same reference', () => {
  const { seal } = vault()
  const [one, two] = referencesIn(sealTemplate('http://u:pw@h/?password=pw', seal))
  expect(one).toBe(two)
})

test('a secret that is not known is shown as hidden', () => {
  expect(openTemplate(`a${first}`, () => undefined)).toBe('a***')
})

test('whatever the text, it comes back as it was, even when it looks like a reference', () => {
  const piece = fc.constantFrom(
    'rtsp://u:',
    '@h',
    '#password=',
    '${A}',
    '${A:b}',
    '${',
    '}',
    first,
    '{secret:',
    '***',
    ':',
    'x',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), pieces => {
      const text = pieces.join('')
      const { seal, open } = vault()
      const template = sealTemplate(text, seal)
      expect(openTemplate(template, open)).toBe(text)
      expect(sealTemplate(text, seal)).toBe(template)
    }),
    { numRuns: 1000 },
  )
})
