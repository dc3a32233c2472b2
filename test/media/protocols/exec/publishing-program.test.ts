import { afterAll, describe, expect, test } from 'vitest'
import type { Producer } from '#media/core/producer.ts'
import { ExecError } from '#media/protocols/exec/exec-errors.ts'
import { execScheme } from '#media/protocols/exec/exec-scheme.ts'
import { PublishedProducer } from '#media/protocols/exec/published-producer.ts'
import { ExpectedPublications } from '#media/streams/expected-publications.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { isRunning, realSpawner } from '#test/helpers/real-spawner.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { h264, ScriptedProducer } from '#test/helpers/scripted-source.ts'
import { until } from '#test/helpers/until.ts'

const spawner = realSpawner()
const publications = new ExpectedPublications()
afterAll(() => spawner[Symbol.asyncDispose]())

/** Says its address on stderr, as a program would show what it does, and stays. */
const program = (rest: string): string => `exec:sh -c "echo at $0 >&2; ${rest}" {output}`

interface Dialed {
  readonly producer: Promise<Producer>
  readonly log: RecordingLogger
  /** The path that is waited for, once the program runs. */
  path(): Promise<string>
}

const dial = (
  source: string,
  given: { signal?: AbortSignal; allowPaths?: readonly string[]; port?: number } = {},
): Dialed => {
  const log = new RecordingLogger()
  const { signal, allowPaths } = given
  const scheme = execScheme({ spawner, publications, allowPaths, rtspPort: () => given.port ?? 8554 })
  const producer = scheme.dial(parseSourceUrl(source), dialContext({ logger: log, ...(signal && { signal }) }))
  producer.catch(() => {})
  const shown = /at rtsp:\/\/127\.0\.0\.1:\d+\/([0-9a-f]{32})/
  return {
    producer,
    log,
    async path() {
      await until('the program to say its address', () => shown.test(log.lines.join('\n')))
      return shown.exec(log.lines.join('\n'))![1]!
    },
  }
}

const pidIn = async (): Promise<number> => (await spawner.list()).at(-1)!.pid
const nothingRuns = (): Promise<void> =>
  expect.poll(async () => (await spawner.list()).length, { timeout: 10_000 }).toBe(0)

describe('a program that publishes', () => {
  test('becomes a producer that says what runs', async () => {
    const dialed = dial(`exec:sh -c "echo at $3 >&2; sleep 1000" x -i rtsp://u:p@cam:554/1 {output}`)
    const path = await dialed.path()
    const published = new ScriptedProducer([h264], dialContext())
    expect(publications.give(path, published)).toBe(true)
    const producer = await dialed.producer
    expect(producer).toBeInstanceOf(PublishedProducer)
    expect(producer.medias).toBe(published.medias)
    await producer.start()
    expect(published.startCount).toBe(1)
    expect(producer.track(producer.medias[0]!)).toBe(published.track(published.medias[0]!))
    published.info.bytesReceived = 42
    expect(producer.info).toMatchObject({
      id: published.info.id,
      source: `exec:sh -c "echo at $3 >&2; sleep 1000" x -i rtsp://u:p@cam:554/1 rtsp://127.0.0.1:8554/${path}`,
      url: 'rtsp://u:p@cam:554/1',
      remoteAddress: ' forwarded cam:554',
      bytesReceived: 42,
    })
    expect(dialed.log.lines.join()).not.toContain('u:p@')
    producer.close()
    expect(await published.closed).toMatchObject({ code: 'done' })
    await nothingRuns()
  })

  test('is lost when its program ends, with its last words', async () => {
    const dialed = dial(program('exec sleep 1000'))
    const published = new ScriptedProducer([h264], dialContext())
    publications.give(await dialed.path(), published)
    const producer = await dialed.producer
    process.kill(await pidIn(), 'SIGTERM')
    expect(await producer.closed).toMatchObject({
      code: 'program_ended',
      message: expect.stringMatching(/^sh .*: at rtsp:/),
    })
    expect(published.ended).toBe(true)
  })

  test('is lost when it hangs up, and its program is ended', async () => {
    const dialed = dial(program('sleep 1000'))
    const published = new ScriptedProducer([h264], dialContext())
    publications.give(await dialed.path(), published)
    const producer = await dialed.producer
    const pid = await pidIn()
    published.close({ code: 'closed_by_peer', message: 'hung up' })
    expect(await producer.closed).toEqual({ code: 'closed_by_peer', message: 'hung up' })
    await until('the program to be gone', () => !isRunning(pid))
  })
})

describe('a program that does not publish', () => {
  test('because it ends is told with its first words', async () => {
    const { producer } = dial('exec:sh -c "yes http://u:p@h fails | head -n 1000 >&2; exit 1" {output}')
    await expect(producer).rejects.toMatchObject({
      code: 'program_failed',
      message: expect.stringMatching(/^exec\/rtsp\n(http:\/\/u:\*\*\*@h fails\n)+/),
    })
    const error = await producer.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ExecError)
    expect(String(error).length).toBeLessThan(600)
  })

  test('in its time is ended', async () => {
    const { producer } = dial(`${program('sleep 1000')}#starttimeout=1`)
    await expect(producer).rejects.toMatchObject({ code: 'program_silent', message: 'exec: timeout' })
    await nothingRuns()
  })

  test('before nobody wants it any more is ended', async () => {
    const giveUp = new AbortController()
    const dialed = dial(program('sleep 1000'), { signal: giveUp.signal })
    const path = await dialed.path()
    giveUp.abort()
    await expect(dialed.producer).rejects.toMatchObject({ code: 'closed' })
    expect(publications.contextOf(path)).toBeUndefined()
    await nothingRuns()
  })

  test('because it is started already is refused, and the first one goes on', async () => {
    const first = dial(program('sleep 1000'))
    const path = await first.path()
    await expect(dial(program('sleep 1000')).producer).rejects.toMatchObject({ code: 'already_expected' })
    const published = new ScriptedProducer([h264], dialContext())
    publications.give(path, published)
    ;(await first.producer).close()
  })

  test('because it may not run, or is not there', async () => {
    await expect(dial(program('true'), { allowPaths: ['ffmpeg'] }).producer).rejects.toMatchObject({
      message: 'exec: bin not in allow_paths: sh',
    })
    await expect(dial('exec:no-such-program {output}').producer).rejects.toMatchObject({ code: 'program_not_found' })
    // Nobody is waited for any more.
    await expect(dial('exec:no-such-program {output}').producer).rejects.toMatchObject({ code: 'program_not_found' })
  })
})
