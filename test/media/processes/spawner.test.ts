import { existsSync, readdirSync, rmSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import type { ChildHandle } from '#media/processes/child-handle.ts'
import { type ChildProgram, Spawner } from '#media/processes/spawner.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { isRunning, realSpawner, runningIn, zombiesOf } from '#test/helpers/real-spawner.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

const pipeFolders = (): readonly string[] => readdirSync(tmpdir()).filter(name => name.startsWith('sightline-pipes-'))

let spawner = realSpawner()
afterEach(async () => {
  await spawner[Symbol.asyncDispose]()
  spawner = realSpawner()
})

const shell = (script: string, more: Partial<ChildProgram> = {}): Promise<ChildHandle> =>
  spawner.run({ program: 'sh', parameters: ['-c', script], ...more })

/** Everything a child writes, and then its end. */
const outputOf = async (child: ChildHandle): Promise<Buffer> => {
  const chunks: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  child.read(chunk => chunks.push(chunk), resolve)
  await promise
  return Buffer.concat(chunks)
}

describe('a program', () => {
  test('writes what we read, reads what we write, and ends with its code', async () => {
    const child = await shell('cat; echo problem >&2; exit 3', { stdin: 'pipe', stdout: 'pipe' })
    child.write(Buffer.from('one '))
    child.write(Buffer.from('two'))
    child.endInput()
    expect((await outputOf(child)).toString()).toBe('one two')
    expect(await child.exited).toEqual({ code: 3, signal: null, stderr: { head: 'problem\n', tail: 'problem\n' } })
    expect(await child.closed).toEqual({ code: 'program_ended', message: 'sh ended with code 3: problem' })
    expect(await child.stderr()).toMatchObject({ tail: 'problem\n' })
  })

  test('gives way to the server, with all that it starts', async () => {
    const child = await shell('read go; nice; sleep 60', { stdin: 'pipe', stdout: 'pipe' })
    const nicenesses: string[] = []
    child.read(
      chunk => nicenesses.push(chunk.toString().trim()),
      () => {},
    )
    await until('it to give way', () => getPriority(child.pid) === 10)
    child.write(Buffer.from('go\n'))
    await until('its niceness', () => nicenesses.length > 0)
    expect([getPriority(child.pid), Number(nicenesses[0])]).toEqual([10, 10])
  })

  test('is read to the last byte, also when it has ended long ago', async () => {
    const child = await shell('head -c 150000 /dev/zero', { stdout: 'pipe' })
    const pausing = await shell('head -c 3000000 /dev/zero', { stdout: 'pipe' })
    await child.exited
    expect(await outputOf(child)).toHaveLength(150_000)
    let bytes = 0
    pausing.read(
      chunk => {
        bytes += chunk.length
        pausing.pause()
        setImmediate(() => pausing.resume())
      },
      () => {},
    )
    await pausing.closed
    expect(bytes).toBe(3_000_000)
  })

  test('waits for whoever reads it later', async () => {
    const clock = new HeldClock()
    await using slow = new Spawner({ clock, logger: silentLogger })
    const child = await slow.run({ program: 'head', parameters: ['-c', '20000', '/dev/zero'], stdout: 'pipe' })
    await child.exited
    await clock.advance(60_000)
    expect(await outputOf(child)).toHaveLength(20_000)
    await child.closed
    expect(clock.timerCount).toBe(0)
  })

  test('whose output somebody else holds open is read for a second more', async () => {
    const clock = new HeldClock()
    await using patient = new Spawner({ clock, logger: silentLogger })
    const script = 'setsid sh -c "echo \\$\\$ >&2; exec sleep 1000" & while :; do sleep 0.01; [ -e $0 ] || exit 0; done'
    using folder = new TemporaryFolder()
    const child = await patient.run({
      program: 'sh',
      parameters: ['-c', script, folder.write('go', '')],
      stdout: 'pipe',
    })
    let ended = false
    child.read(
      () => {},
      () => {
        ended = true
      },
    )
    let daemon = 0
    const look = (): boolean => {
      void child.stderr().then(({ tail }) => {
        daemon = Number(tail)
      })
      return daemon > 0
    }
    await until('the daemon', look)
    rmSync(folder.at('go'))
    await child.exited
    expect(ended).toBe(false)
    await clock.advance(1000)
    expect(ended).toBe(true)
    process.kill(daemon, 'SIGKILL')
  })

  test('gets its parameters as they are, and the environment it was given', async () => {
    const parameters = ['-c', 'printf "%s|" "$0" "$@" "$COLOUR"', 'a b', `"'$HOME`, '', 'é\n']
    const child = await spawner.run({ program: 'sh', parameters, environment: { COLOUR: 'red' }, stdout: 'pipe' })
    expect((await outputOf(child)).toString()).toBe(`a b|"'$HOME||é\n|red|`)
  })

  test('is made to wait while nobody reads', async () => {
    const child = await shell('head -c 100000000 /dev/zero; echo written >&2', { stdout: 'pipe' })
    let bytes = 0
    child.read(
      chunk => {
        bytes += chunk.length
        if (bytes > 100_000) child.pause()
      },
      () => {},
    )
    await until('the first bytes', () => bytes > 100_000)
    expect((await child.stderr()).tail).toBe('')
    expect(isRunning(child.pid)).toBe(true)
    expect(bytes).toBeLessThan(10_000_000)
    child.resume()
    child.close()
  })

  test('makes us wait while it does not read', async () => {
    const child = await shell('read go; exec sleep 60', { stdin: 'pipe' })
    child.write(Buffer.from('go\n'))
    for (let i = 0; i < 64; i++) child.write(Buffer.alloc(64 * 1024))
    expect(child.pendingBytes).toBeGreaterThan(1_000_000)
    child.close()
    await child.exited
    child.write(Buffer.from('nobody hears this'))
  })

  test('that closes its input or output early is no problem of ours', async () => {
    const child = await shell('exec <&- >&-; read never; sleep 0.1; exit 4', { stdin: 'pipe', stdout: 'pipe' })
    expect(await outputOf(child)).toHaveLength(0)
    child.write(Buffer.alloc(100_000))
    expect(await child.exited).toMatchObject({ code: 4 })
  })

  test('that closes its output before it is known to have started, and stays, is read to its end', async () => {
    // The first program of a spawner: starting that takes longer than a shell needs to close its output.
    const child = await shell('exec >&-; exec sleep 1000', { stdout: 'pipe' })
    expect(await outputOf(child)).toHaveLength(0)
    expect(isRunning(child.pid)).toBe(true)
  })
})

describe('a program that cannot be run', () => {
  test.each([
    ['no-such-program', 'program_not_found', 'the program "no-such-program" was not found: install it', '$PATH'],
    ['/no/such', 'program_not_found', 'there is no file /no/such', 'fork/exec /no/such: no such file or directory'],
    ['/etc/passwd', 'program_not_executable', '/etc/passwd may not be run', 'permission denied'],
  ])('is told: %s', async (program, code, message, go2rtcMessage) => {
    const run = spawner.run({ program, parameters: [], stdin: 'pipe', stdout: 'pipe' })
    await expect(run).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      go2rtcMessage: expect.stringContaining(go2rtcMessage),
    })
    expect(await spawner.list()).toEqual([])
  })

  test('with a parameter that no program can get', async () => {
    await expect(spawner.run({ program: 'true', parameters: ['a\0b'] })).rejects.toMatchObject({
      code: 'program_not_started',
    })
  })
})

describe('an end', () => {
  test('takes everything that the program has started with it', async () => {
    const child = await shell('sleep 1000 & sh -c "sleep 1000 & sleep 1000" & echo; wait', { stdout: 'pipe' })
    await until('four processes and a shell', () => runningIn(child.pid).length >= 5)
    child.close()
    expect(await child.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
    await until('the group to be gone', () => runningIn(child.pid).length === 0)
    expect(await child.closed).toMatchObject({ code: 'done' })
  })

  test('of the program itself takes what it leaves behind', async () => {
    const child = await shell('sleep 1000 & exit 0', { stdout: 'pipe' })
    expect(await outputOf(child)).toHaveLength(0)
    await until('the group to be gone', () => runningIn(child.pid).length === 0)
  })

  test('may begin with another signal', async () => {
    const child = await shell('trap "echo bye; exit 7" INT; echo; while :; do sleep 0.05; done', {
      stdout: 'pipe',
      killSignal: 2,
    })
    await new Promise<void>(resolve =>
      child.read(
        () => resolve(),
        () => {},
      ),
    )
    child.close()
    child.close()
    expect(await child.exited).toMatchObject({ code: 7, signal: null })
  })

  test('is enforced when the program does not obey in its time', async () => {
    const child = await shell('trap "" TERM; echo; while :; do sleep 1; done', {
      ...{ stdout: 'pipe', killSignal: 15, killTimeoutMs: 100 },
    })
    await new Promise<void>(resolve =>
      child.read(
        () => resolve(),
        () => {},
      ),
    )
    child.close()
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' })
  })

  test('of the spawner ends all, obedient or not, and leaves nothing', async () => {
    const before = pipeFolders()
    const stubborn = await shell('trap "" TERM INT; while :; do sleep 1; done', { killSignal: 15 })
    const sleeper = await shell('exec sleep 1000')
    const folder = pipeFolders().find(name => !before.includes(name))
    expect(folder).toBeDefined()
    const pid = spawner.pid!
    await spawner[Symbol.asyncDispose]()
    expect([isRunning(pid), isRunning(stubborn.pid), isRunning(sleeper.pid)]).toEqual([false, false, false])
    await until('the folder to be gone', () => !existsSync(`${tmpdir()}/${folder}`))
    await expect(shell('true')).rejects.toMatchObject({ code: 'closed' })
    expect(await stubborn.exited).toMatchObject({ code: null })
  })

  test('leaves no zombie', async () => {
    await Promise.all(Array.from({ length: 10 }, async () => (await shell('sleep 0.01 & exit 1')).exited))
    expect(zombiesOf(spawner.pid!)).toEqual([])
    expect(zombiesOf(process.pid)).toEqual([])
  })
})

describe('stderr', () => {
  test('is kept at both ends, whatever a program says', async () => {
    const flood = 'echo first >&2; yes "a line of a program that talks too much" | head -c 50000000 >&2; echo last >&2'
    const child = await shell(flood)
    const { stderr } = await child.exited
    expect(stderr.head).toMatch(/^first\na line/)
    expect(stderr.head).toHaveLength(512)
    expect(stderr.tail).toMatch(/\nlast\n$/)
    expect(stderr.tail).toHaveLength(64 * 1024)
  })

  test('is told while the program runs, and counted where it is too much', async () => {
    const heard: string[] = []
    let dropped = 0
    const onStderr = (text: string, droppedBytes: number): void => {
      heard.push(text)
      dropped += droppedBytes
    }
    const child = await shell('echo hello >&2; read go; yes | head -c 1000000 >&2; echo; read go', {
      ...{ onStderr, stdin: 'pipe', stdout: 'pipe' },
    })
    await until('a word', () => heard.join('') === 'hello\n')
    expect((await child.stderr()).head).toBe('hello\n')
    child.write(Buffer.from('go\n'))
    child.read(
      () => child.write(Buffer.from('go\n')),
      () => {},
    )
    await child.exited
    expect(heard.join('').length + dropped).toBe(1_000_006)
    expect(heard.every(text => text.length <= 4096)).toBe(true)
  })
})

describe('the spawner', () => {
  test('begins with the first program', async () => {
    expect(spawner.pid).toBeUndefined()
    const child = await shell('exit 0')
    await child.exited
    expect(isRunning(spawner.pid!)).toBe(true)
  })

  test('runs fifty programs at once, and says what each takes', async () => {
    const children = await Promise.all(
      Array.from({ length: 50 }, (_, index) => shell(`echo ${index}; exec cat`, { stdin: 'pipe', stdout: 'pipe' })),
    )
    const said = children.map(() => '')
    for (const [index, child] of children.entries())
      child.read(
        chunk => {
          said[index] += chunk.toString()
        },
        () => {},
      )
    await until('all to speak', () => said.every((text, index) => text === `${index}\n`))
    const list = await spawner.list()
    expect(new Set(list.map(({ pid }) => pid))).toEqual(new Set(children.map(({ pid }) => pid)))
    for (const { program, memoryBytes, processCount, runsForMs } of list) {
      expect([program, processCount]).toEqual(['sh', 1])
      expect(memoryBytes).toBeGreaterThan(100_000)
      expect(runsForMs).toBeGreaterThanOrEqual(0)
    }
    for (const child of children) child.close()
    await Promise.all(children.map(({ exited }) => exited))
    expect(await spawner.list()).toEqual([])
  })

  test('counts the time of the whole group', async () => {
    const child = await shell('sh -c "i=0; while [ \\$i -lt 300000 ]; do i=\\$((i+1)); done"; echo; exec cat', {
      ...{ stdin: 'pipe', stdout: 'pipe' },
    })
    await new Promise<void>(resolve =>
      child.read(
        () => resolve(),
        () => {},
      ),
    )
    expect((await spawner.list())[0]!.cpuSeconds).toBeGreaterThan(0.05)
    child.close()
  })

  test('that is killed takes its children with it, and comes back for the next', async () => {
    const log = new RecordingLogger()
    spawner = realSpawner(log)
    const child = await shell('sleep 1000 & wait', { stdout: 'pipe' })
    const first = spawner.pid!
    await until('the grandchild', () => runningIn(child.pid).length === 2)
    process.kill(first, 'SIGKILL')
    expect(await child.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
    await until('the group to be gone', () => runningIn(child.pid).length === 0)
    expect(log.of('error')).toHaveLength(1)
    expect((await outputOf(await shell('echo again', { stdout: 'pipe' }))).toString()).toBe('again\n')
    expect(spawner.pid).not.toBe(first)
  })

  test('does not end by what a terminal sends to all', async () => {
    const child = await shell('exec cat', { stdin: 'pipe', stdout: 'pipe' })
    process.kill(spawner.pid!, 'SIGINT')
    process.kill(spawner.pid!, 'SIGTERM')
    process.kill(spawner.pid!, 'SIGHUP')
    child.write(Buffer.from('still here'))
    await new Promise<void>(resolve =>
      child.read(
        () => resolve(),
        () => {},
      ),
    )
    child.close()
  })
})
