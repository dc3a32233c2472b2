import { expect, test } from 'vitest'
import { ServerLog } from '#server/logging/server-log.ts'

const newLog = (): { readonly log: ServerLog; readonly lines: string[] } => {
  const lines: string[] = []
  const log = new ServerLog({ write: line => lines.push(line), now: () => 0 })
  return { log, lines }
}

const withoutTime = (line: string): string => line.slice('00:00:00.000 '.length)

test('tells fields sorted by name, bound ones among them, and leaves out what is not known', () => {
  const { log, lines } = newLog()
  log.module('rtsp').with({ stream: 'porch' }).info({ addr: 'x', zone: undefined }, 'connected')
  expect(lines.map(withoutTime)).toEqual(['INF [rtsp] connected addr=x stream=porch\n'])
})

test('a bound module takes the place of the one before, in the brackets and for the level', () => {
  const { log, lines } = newLog()
  log.setLevels({ level: 'info', modules: new Map([['rtsp', 'debug']]) })
  const streams = log.module('streams')
  streams.debug({}, 'not told')
  streams.with({ module: 'rtsp' }).debug({}, 'told')
  expect(lines.map(withoutTime)).toEqual(['DBG [rtsp] told\n'])
})

test('passwords of URLs are never told, neither in fields nor in the message nor in the ring', () => {
  const { log, lines } = newLog()
  log.module('streams').warn({ url: 'rtsp://u:canary9@h/' }, 'cannot dial rtsp://u:canary9@h/')
  expect(lines.join('') + log.ring.read()).not.toContain('canary9')
  expect(lines[0]).toContain('rtsp://u:***@h/')
})

test('secrets that are learned later are replaced as well', () => {
  const { log, lines } = newLog()
  log.redactWith(text => text.replaceAll('canary9', '***'))
  log.module('api').info({ query: 'token=canary9' }, 'said canary9')
  expect(lines.join('') + log.ring.read()).not.toContain('canary9')
  expect(log.redact('canary9')).toBe('***')
})

test('a line stays far below what readers of the log give up at', () => {
  const { log, lines } = newLog()
  const fields = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`f${at}`, 'x'.repeat(100_000)]))
  log.module('api').info({ ...fields, broken: '\ud800' }, 'y'.repeat(100_000))
  expect(lines[0]!.length).toBeLessThan(64 * 1024)
  expect(lines[0]!.isWellFormed()).toBe(true)
})
