import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { Watchdog } from '#media/processes/watchdog.ts'
import { isRunning, runningIn } from '#test/helpers/real-spawner.ts'
import { until } from '#test/helpers/until.ts'

const group = (): number => spawn('sh', ['-c', 'sleep 1000 & wait'], { detached: true, stdio: 'ignore' }).pid!

test('ends by itself when it is told that all is well', async () => {
  const sleeper = group()
  const watchdog = new Watchdog()
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
    const watchdog = new Watchdog()
    const groups = [1, 2, 3].map(() => spawn('sh', ['-c', 'sleep 1000 & wait'], { detached: true, stdio: 'ignore' }).pid)
    for (const group of groups) watchdog.guard(group)
    watchdog.forget(groups[1])
    console.log(JSON.stringify(groups))
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>(resolve => owner.stdout.setEncoding('utf8').once('data', resolve))
  const [first, forgotten, third] = JSON.parse(line) as [number, number, number]
  owner.kill('SIGKILL')
  await until('the groups to be gone', () => [first, third].flatMap(runningIn).length === 0)
  expect(isRunning(forgotten)).toBe(true)
  process.kill(-forgotten, 'SIGKILL')
})
