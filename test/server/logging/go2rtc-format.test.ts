import { describe, expect, test } from 'vitest'
import { formatJson, formatLine } from '#server/logging/go2rtc-format.ts'
import type { LogEntry } from '#server/logging/log-entry.ts'

const at = new Date(2026, 10, 23, 7, 5, 3, 9).getTime()
const entry = (part: Partial<LogEntry>): LogEntry => ({
  level: 'info',
  module: 'api',
  message: 'listen',
  fields: [['addr', ':1984']],
  time: at,
  ...part,
})

describe('a line for people', () => {
  test.each([
    { name: 'is what Home Assistant waits for', part: {}, line: '07:05:03.009 INF [api] listen addr=:1984' },
    {
      name: 'has no brackets without a module',
      part: { module: '', message: 'go2rtc' },
      line: '07:05:03.009 INF go2rtc addr=:1984',
    },
    {
      name: 'quotes what has spaces',
      part: { fields: [['error', 'no such file'] as const] },
      line: '07:05:03.009 INF [api] listen error="no such file"',
    },
    {
      name: 'quotes what is empty',
      part: { fields: [['url', ''] as const] },
      line: '07:05:03.009 INF [api] listen url=""',
    },
    {
      name: 'says numbers and truth plainly',
      part: { fields: [['count', 3] as const, ['live', true] as const] },
      line: '07:05:03.009 INF [api] listen count=3 live=true',
    },
    {
      name: 'stays one line whatever is in the message',
      part: { message: 'a\r\nb\u2028c', fields: [['x', 'd\ne'] as const] },
      line: '07:05:03.009 INF [api] a b c x="d\\ne"',
    },
  ])('$name', ({ part, line }) => {
    expect(formatLine(entry(part))).toBe(line)
  })

  test.each([
    ['trace', 'TRC'],
    ['debug', 'DBG'],
    ['info', 'INF'],
    ['warn', 'WRN'],
    ['error', 'ERR'],
  ] as const)('shortens %s to %s', (level, letters) => {
    expect(formatLine(entry({ level })).split(' ')[1]).toBe(letters)
  })
})

test('a line of JSON has the level, the fields, the time and the message', () => {
  expect(formatJson(entry({}))).toBe(`{"level":"info","addr":":1984","time":${at},"message":"[api] listen"}`)
})
