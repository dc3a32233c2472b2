import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { giveWay } from '#media/processes/give-way.ts'
import { until } from '#test/helpers/until.ts'

const sleeping = async (): Promise<ChildProcess & { readonly pid: number }> => {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  return child as ChildProcess & { readonly pid: number }
}

test('lets others go before a process, and before its session where Linux weighs sessions', async () => {
  const child = await sleeping()
  try {
    giveWay(child.pid)
    expect(getPriority(child.pid)).toBe(10)
    const session = (): string => readFileSync(`/proc/${child.pid}/autogroup`, 'utf8')
    const weighs = ((): boolean => {
      try {
        return session() !== ''
      } catch {
        return false
      }
    })()
    if (weighs) await until('its session to be nice', () => /nice 10\b/.test(session()))
  } finally {
    child.kill('SIGKILL')
  }
})

test('minds no process that has ended', async () => {
  const child = await sleeping()
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(() => giveWay(child.pid)).not.toThrow()
})
