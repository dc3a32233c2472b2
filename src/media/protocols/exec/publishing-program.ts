import type { Producer } from '../../core/producer.ts'
import type { ChildHandle } from '../../processes/child-handle.ts'
import { redactText } from '../../processes/redact-command.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'
import type { ExpectedPublications } from '../../streams/expected-publications.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { ExecError } from './exec-errors.ts'
import type { ExecSource } from './exec-source.ts'
import { PublishedProducer } from './published-producer.ts'
import { type ExecOptions, runProgram } from './run-program.ts'

/** Runs a program that publishes to our RTSP server, and waits until it does. Rejects with a `MediaError`. */
export const dialPublishing = async (
  source: ExecSource & { readonly path: string },
  publications: ExpectedPublications,
  options: ExecOptions,
  context: DialContext,
): Promise<Producer> => {
  const { clock, logger } = context
  const giveUp = new AbortController()
  // Waited for before the program runs: it may be fast.
  const published = publications.expect(source.path, {
    ...context,
    signal: AbortSignal.any([context.signal, giveUp.signal]),
  })
  // A program that is not even started leaves nobody who listens.
  published.catch(() => {})
  let child: ChildHandle | undefined
  try {
    child = await runProgram(source, {}, options, logger)
    return new PublishedProducer(await firstOf(published, child, source, clock), child, source, clock)
  } catch (error) {
    child?.close()
    giveUp.abort()
    // It may have come in the same moment in which it was given up.
    void published.then(
      producer => producer.close(),
      () => {},
    )
    throw error
  }
}

/** What was published, unless the program ends or takes too long before. */
const firstOf = async (
  published: Promise<Producer>,
  child: ChildHandle,
  { startTimeoutMs }: ExecSource,
  clock: Clock,
): Promise<Producer> => {
  const failed = Promise.withResolvers<never>()
  using _timer = clock.after(millis(startTimeoutMs), () =>
    failed.reject(new ExecError('program_silent', 'exec: timeout')),
  )
  void child.exited.then(({ stderr }) =>
    failed.reject(new ExecError('program_failed', `exec/rtsp\n${redactText(stderr.head)}`)),
  )
  // The race may have been decided long before.
  failed.promise.catch(() => {})
  return await Promise.race([published, failed.promise])
}
