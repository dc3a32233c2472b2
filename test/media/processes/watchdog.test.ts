import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MARK, Watchdog } from '#media/processes/watchdog.ts'
import { isRunning, runningIn } from '#test/helpers/real-spawner.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

const group = (): number => spawn('sh', ['-c', 'sleep 1000 & wait'], { detached: true, stdio: 'ignore' }).pid!

test('ends by itself when it is told that all is well', async () => {
  const sleeper = group()
  const watchdog = new Watchdog({ mark: 'mark-1', folder: '/nowhere', server: process.pid })
  watchdog.guard(sleeper)
  watchdog[Symbol.dispose]()
  await until('the shell to end', () => !isRunning(watchdog.pid!))
  expect(isRunning(sleeper)).toBe(true)
  process.kill(-sleeper, 'SIGKILL')
})

test('ends the groups it guards when its owner is gone', async () => {
  const source = `
    import { spawn } from 'node:child_process'
    import { Watchdog } from '#media/processes/watchdog.ts'
    const watchdog = new Watchdog({ mark: 'mark-2', folder: process.argv[1], server: process.pid })
    const groups = [1, 2, 3].map(() => spawn('sh', ['-c', 'sleep 1000 & wait'], { detached: true, stdio: 'ignore' }).pid)
    for (const group of groups) watchdog.guard(group)
    watchdog.forget(groups[1])
    console.log(JSON.stringify(groups))
    setInterval(() => {}, 1000)`
  const folder = new TemporaryFolder()
  folder.write('pipes', '')
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source, folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>(resolve => owner.stdout.setEncoding('utf8').once('data', resolve))
  const [first, forgotten, third] = JSON.parse(line) as [number, number, number]
  owner.kill('SIGKILL')
  await until('the groups to be gone', () => [first, third].flatMap(runningIn).length === 0)
  expect(isRunning(forgotten)).toBe(true)
  process.kill(-forgotten, 'SIGKILL')
  await until('the folder to be gone', () => !existsSync(folder.path))
})

test('ends whatever bears its mark, also what it was never told of and what has left its group', async () => {
  const source = `
    import { spawn } from 'node:child_process'
    import { Watchdog } from '#media/processes/watchdog.ts'
    new Watchdog({ mark: process.env.${MARK}, folder: '/nowhere', server: process.ppid })
    spawn('sh', ['-c', 'setsid sh -c "echo \\$\\$; exec sleep 1000" & echo $$; wait'], { detached: true, stdio: ['ignore', 'inherit', 'ignore'] })
    setInterval(() => {}, 1000)`
  const mark = `mark-3-${process.pid}`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [MARK]: mark },
  })
  const another = spawn('sleep', ['1000'], { env: { ...process.env, [MARK]: `not-${mark}` }, stdio: 'ignore' })
  let text = ''
  owner.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  await until('both to say who they are', () => text.trim().split('\n').length === 2)
  owner.kill('SIGKILL')
  await until('both to be gone', () =>
    text
      .trim()
      .split('\n')
      .every(pid => !isRunning(Number(pid))),
  )
  expect(another.kill('SIGKILL')).toBe(true)
})
