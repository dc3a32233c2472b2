import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Redaction } from '#server/config/redaction.ts'

const redacting = (...secrets: readonly string[]): Redaction => {
  const redaction = new Redaction()
  for (const secret of secrets) redaction.add(secret)
  return redaction
}

const rows = [
  { name: 'a secret anywhere', secrets: ['hunter2'], text: 'a hunter2 b hunter2', redacted: 'a *** b ***' },
  { name: 'a secret inside a word', secrets: ['hunter2'], text: 'xhunter2y', redacted: 'x***y' },
  { name: 'a percent-encoded secret', secrets: ['p@ss word'], text: 'p%40ss%20word', redacted: '***' },
  { name: 'what a percent-encoded secret means', secrets: ['p%40ss'], text: 'p@ss', redacted: '***' },
  { name: 'the longest of two that begin alike', secrets: ['hunter', 'hunter2'], text: 'hunter2', redacted: '***' },
  {
    name: 'a password nobody knows yet, in a URL',
    secrets: [],
    text: 'x rtsp://u:pw@h/y z',
    redacted: 'x rtsp://u:***@h/y z',
  },
  { name: 'a short password in a URL', secrets: ['abc'], text: 'rtsp://u:abc@h', redacted: 'rtsp://u:***@h' },
  { name: 'no short password elsewhere', secrets: ['abc'], text: 'abc abcd', redacted: 'abc abcd' },
  { name: 'a secret with a percent sign that encodes nothing', secrets: ['100%zz'], text: '100%zz', redacted: '***' },
]

test.for(rows)('replaces $name', ({ secrets, text, redacted }) => {
  expect(redacting(...secrets).redact(text)).toBe(redacted)
})

test('whatever the texts, no secret of four characters or more is left', () => {
  const secrets = fc.array(
    fc.string({ minLength: 4, maxLength: 8 }).filter(secret => !'***'.includes(secret) && !secret.includes('*')),
  )
  fc.assert(
    fc.property(secrets, fc.array(fc.string()), (known, others) => {
      const redaction = redacting(...known)
      const redacted = redaction.redact(known.flatMap((secret, index) => [secret, others[index] ?? '']).join(''))
      for (const secret of known) expect(redacted).not.toContain(secret)
    }),
  )
})
