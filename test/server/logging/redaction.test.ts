import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactUserinfo } from '#server/logging/redaction.ts'

test.each([
  ['rtsp://user:pa55@host/x', 'rtsp://user:***@host/x'],
  ['rtsp://user:p@ss@host/x', 'rtsp://user:***@host/x'],
  ['ffmpeg:rtsp://u:secret@h#video=copy', 'ffmpeg:rtsp://u:***@h#video=copy'],
  ['two rtsp://a:one1@h and rtsp://b:two2@h', 'two rtsp://a:***@h and rtsp://b:***@h'],
  ['rtsp://:onlypass@h', 'rtsp://:***@h'],
  ['rtsp://host:554/x', 'rtsp://host:554/x'],
  ['rtsp://user@host/x', 'rtsp://user@host/x'],
  ['mail me@home', 'mail me@home'],
])('%s is told as %s', (text, told) => {
  expect(redactUserinfo(text)).toBe(told)
})

test('no password of a URL is ever told', () => {
  const password = fc.stringMatching(/^[A-Za-z0-9!$%&()*+,;=_.~-]{8,20}$/)
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), password, fc.string({ maxLength: 20 }), (before, secret, after) => {
      expect(redactUserinfo(`${before}rtsp://u:${secret}@h/${after}`)).not.toContain(`:${secret}@`)
    }),
  )
})
