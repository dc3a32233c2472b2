import { afterAll, expect, test } from 'vitest'
import { parseExecSource } from '#media/protocols/exec/exec-source.ts'
import { reasonOf, runProgram } from '#media/protocols/exec/run-program.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'

const spawner = realSpawner()
afterAll(() => spawner[Symbol.asyncDispose]())

test('a program is logged with what it says, and without its secrets', async () => {
  const log = new RecordingLogger()
  const source = parseExecSource(
    parseSourceUrl(
      'exec:sh -c "echo reading $1 >&2; echo 2nd line >&2; exit 3" x rtsp://u:hidden@h --password alsohidden',
    ),
    undefined,
  )
  const child = await runProgram(source, {}, { spawner, allowPaths: ['sh'] }, log)
  const exit = await child.exited
  await child.closed
  const [run, first, second, end] = log.of('debug')
  expect(run).toContain('rtsp://u:***@h --password ***')
  expect(first).toContain('reading rtsp://u:***@h')
  expect(second).toContain('2nd line')
  expect(end).toMatch(/^debug program ended .*"code":3/)
  expect(log.lines.join()).not.toContain('hidden')
  expect(reasonOf('sh', exit)).toEqual({ code: 'program_ended', message: 'sh ended with code 3: 2nd line' })
})

test('a program that floods the log is heard in part, and counted', async () => {
  const log = new RecordingLogger()
  const source = parseExecSource(parseSourceUrl('exec:sh -c "yes line | head -c 2000000 >&2"'), undefined)
  const child = await runProgram(source, {}, { spawner, allowPaths: undefined }, log)
  await child.exited
  expect(log.of('debug').some(line => line.includes('the program says more than is logged'))).toBe(true)
  expect(log.lines.length).toBeLessThan(50_000)
})
