import { expect, test } from 'vitest'
import { isTold, parseLogLevel } from '#server/logging/log-level.ts'

test('knows the levels of go2rtc, in any case, and no others', () => {
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic', 'disabled'])
    expect(parseLogLevel(level.toUpperCase())).toBe(level)
  expect(parseLogLevel('loud')).toBeUndefined()
  expect(parseLogLevel('')).toBeUndefined()
})

test('tells what is as grave as asked for, or graver', () => {
  expect(isTold('warn', 'info')).toBe(true)
  expect(isTold('info', 'info')).toBe(true)
  expect(isTold('debug', 'info')).toBe(false)
  expect(isTold('error', 'fatal')).toBe(false)
  expect(isTold('error', 'disabled')).toBe(false)
})
