import { parseArguments, usage } from './arguments.ts'
import type { ConfigArgument } from './config/config-texts.ts'
import { type RunningServer, startServer } from './server.ts'
import { versionLine } from './version.ts'

/** Milliseconds an orderly end may take: supervisors kill what takes longer than a few seconds. */
const CLOSE_MS_MAX = 900

/** go2rtc's exit code for a command line that is not understood, as of Go's `flag` package. */
const WRONG_ARGUMENTS = 2

const write = (text: string): void => void process.stdout.write(text)

// Whoever read our output may end before us.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const run = async (configs: readonly ConfigArgument[], dataFolder: string | undefined): Promise<void> => {
  let running: RunningServer | undefined
  let ending = false
  const end = (code: number): void => {
    // The second signal does not wait.
    if (ending || running === undefined) process.exit(code)
    ending = true
    setTimeout(() => process.exit(code), CLOSE_MS_MAX).unref()
    running.close().then(
      () => process.exit(code),
      () => process.exit(1),
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0))
  // Our own mistake: whoever supervises starts us again, and the event log brings everything back.
  process.on('uncaughtException', error => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (running === undefined) process.stderr.write(`${text}\n`)
    else running.log.module('app').error({ error: text }, 'unexpected error: the server ends')
    end(1)
  })
  running = await startServer({
    configs,
    ...(dataFolder === undefined ? {} : { dataFolder }),
    workingFolder: process.cwd(),
    write,
    exit: end,
  })
  if (running.unreachable) end(1)
  else if (running.url !== undefined) running.log.module('').info({}, `open ${running.url} in a browser`)
}

const asked = parseArguments(process.argv.slice(2))
switch (asked.kind) {
  case 'version':
    write(`${versionLine}\n`)
    break
  case 'help':
    write(usage)
    break
  case 'wrong':
    process.stderr.write(`${asked.message}\n${usage}`)
    process.exitCode = WRONG_ARGUMENTS
    break
  case 'run':
    await run(asked.configs, asked.dataFolder).catch((error: unknown) => {
      process.stderr.write(`Sightline cannot start: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exit(1)
    })
    break
  default:
    asked satisfies never
}
