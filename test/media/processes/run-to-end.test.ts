import { afterAll, describe, expect, test } from 'vitest'
import { type RunToEndOptions, runToEnd } from '#media/processes/run-to-end.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'

const spawner = realSpawner()
afterAll(() => spawner[Symbol.asyncDispose]())

const run = (script: string, more: Partial<RunToEndOptions> = {}) =>
  runToEnd(spawner, {
    ...{ program: 'sh', parameters: ['-c', script], clock: systemClock },
    ...{ signal: new AbortController().signal, timeoutMs: 20_000, outputBytesMax: 1_000_000, ...more },
  })

const nothingLeft = (): Promise<void> =>
  expect.poll(async () => (await spawner.list()).length, { timeout: 10_000 }).toBe(0)

describe('a program that is run to its end', () => {
  test('gives what it writes, and how it ended', async () => {
    const { code, stdout, stderr } = await run('echo out; echo err >&2; exit 5')
    expect([code, stdout.toString(), stderr.tail]).toEqual([5, 'out\n', 'err\n'])
  })

  test('reads its input to the end', async () => {
    const input = Buffer.alloc(500_000, 'a')
    const { stdout } = await run('wc -c', { input })
    expect(Number(stdout.toString())).toBe(500_000)
  })

  test('sees no input when there is none', async () => {
    expect(await run('cat; echo end')).toMatchObject({ code: 0, stdout: Buffer.from('end\n') })
  })

  test('is ended when it takes too long', async () => {
    await expect(run('sleep 1000', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timed_out' })
    await nothingLeft()
  })

  test('is ended when it writes too much', async () => {
    await expect(run('yes', { outputBytesMax: 10_000 })).rejects.toMatchObject({ code: 'limit', limit: 10_000 })
    await nothingLeft()
  })

  test('is ended when nobody wants it any more', async () => {
    const giveUp = new AbortController()
    const result = run('sleep 1000', { signal: giveUp.signal })
    giveUp.abort()
    await expect(result).rejects.toMatchObject({ code: 'closed' })
    await expect(run('echo', { signal: giveUp.signal })).rejects.toMatchObject({ code: 'closed' })
    await nothingLeft()
  })

  test('is told when it is not there', async () => {
    await expect(run('', { program: 'no-such-program' })).rejects.toMatchObject({ code: 'program_not_found' })
  })
})
