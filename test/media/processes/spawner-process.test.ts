import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { isRunning, runningIn, runningWith } from '#test/helpers/real-spawner.ts'
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

/** A server that is killed, or whose spawner is, or both, while it starts programs as fast as it can. */
const killWhileStarting = async (round: number): Promise<void> => {
  const name = `round-${round}-${process.pid}`
  const program = new URL('../../fixtures/programs/start-without-end.ts', import.meta.url).pathname
  using temporary = new TemporaryFolder()
  const main = spawn(process.execPath, [program, name], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: temporary.path },
  })
  let lines = ''
  main.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines += text
  })
  await until('some programs', () => lines.split('\n').length > 4 + 5 * round)
  if (round % 3 !== 0) process.kill(Number(lines.split('\n')[0]), 'SIGKILL')
  if (round % 3 !== 1) main.kill('SIGKILL')
  // A server without its spawner ends by itself here: nobody catches what it is told.
  await until(`nothing of round ${round} to be left`, () => runningWith(name).length === 0)
  await until(`the folder of round ${round} to be gone`, () => readdirSync(temporary.path).length === 0)
  main.kill('SIGKILL')
}

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
    await until('the folder to be gone', () => readdirSync(all.temporary.path).length === 0)
  })

  test('when it is just being started', async () => {
    for (const round of [0, 1, 2, 3, 4, 5]) await killWhileStarting(round)
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
