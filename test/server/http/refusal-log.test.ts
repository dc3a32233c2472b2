import { expect, test } from 'vitest'
import { RefusalLog } from '#server/http/refusal-log.ts'
import { ServerLog } from '#server/logging/server-log.ts'

const newLog = () => {
  const lines: string[] = []
  let now = 0
  const log = new ServerLog({ write: line => lines.push(line.slice('00:00:00.000 '.length)) })
  const refusals = new RefusalLog(log.module('api'), () => now)
  const wrong = (remote: string): void => refusals.add(remote, { status: 401, message: '', headers: {} }, 'Basic x')
  const pass = (ms: number): void => {
    now += ms
  }
  return { log, lines, refusals, wrong, pass }
}

test('a wrong password is a warning that names who gave it, for programs that lock people out', () => {
  const { lines, wrong } = newLog()
  wrong('10.0.0.7')
  expect(lines).toEqual(['WRN [api] wrong user name or password count=1 remote=10.0.0.7\n'])
})

test('ten thousand in a second are one line, and counted in the next', () => {
  const { lines, wrong, pass } = newLog()
  for (let at = 0; at < 10_000; at++) wrong('10.0.0.7')
  expect(lines).toHaveLength(1)
  pass(1000)
  wrong('10.0.0.7')
  expect(lines[1]).toContain('count=10000')
})

test('who gave none, and who was refused for another reason, is told only to those who look', () => {
  const { log, lines, refusals } = newLog()
  const strangers = { status: 403, message: '', headers: {} } as const
  refusals.add('10.0.0.7', { status: 401, message: '', headers: {} }, undefined)
  refusals.add('10.0.0.7', strangers, 'Basic x')
  expect(lines).toEqual([])
  log.setLevels({ level: 'debug', modules: new Map() })
  refusals.add('10.0.0.7', strangers, undefined)
  expect(lines).toEqual(['DBG [api] request refused remote=10.0.0.7 status=403\n'])
})
