import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { isRunning, runningIn } from '#test/helpers/real-spawner.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

interface Started {
  readonly main: ChildProcess
  readonly spawner: number
  readonly children: readonly number[]
  readonly temporary: TemporaryFolder
}

let started: Started | undefined
afterEach(() => {
  started?.main.kill('SIGKILL')
  started?.temporary[Symbol.dispose]()
})

/** A server of nothing but children: two shells, each with a grandchild. */
const start = async (): Promise<Started> => {
  const temporary = new TemporaryFolder()
  const program = new URL('../../fixtures/programs/run-children.ts', import.meta.url).pathname
  const main = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary.path },
  })
  const [line] = (await once(main.stdout!.setEncoding('utf8'), 'data')) as [string]
  started = { main, temporary, ...(JSON.parse(line) as Pick<Started, 'spawner' | 'children'>) }
  expect(started.children.flatMap(runningIn).length).toBeGreaterThanOrEqual(4)
  return started
}

const allGone = ({ children, spawner }: Started): Promise<void> =>
  until('every process to be gone', () => !isRunning(spawner) && children.flatMap(runningIn).length === 0)

describe('no child is left', () => {
  test('when the server is killed', async () => {
    const all = await start()
    expect(readdirSync(all.temporary.path)).toHaveLength(1)
    all.main.kill('SIGKILL')
    await allGone(all)
    expect(readdirSync(all.temporary.path)).toEqual([])
  })

  test('when the spawner is killed', async () => {
    const all = await start()
    process.kill(all.spawner, 'SIGKILL')
    await allGone(all)
  })

  test('when both are killed at once', async () => {
    const all = await start()
    // It cannot tidy up after the spawner.
    all.main.kill('SIGSTOP')
    process.kill(all.spawner, 'SIGKILL')
    all.main.kill('SIGKILL')
    await allGone(all)
  })

  test('when the server crashes by itself', async () => {
    const all = await start()
    all.main.kill('SIGSEGV')
    await allGone(all)
  })
})

test('nothing is told to a spawner that nobody started', async () => {
  const file = new URL('../../../src/media/processes/spawner-process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [file, tmpdir()], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(1)
})
