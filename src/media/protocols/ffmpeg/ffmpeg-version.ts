import { splitCommand } from '../../processes/command-line.ts'
import { redactText } from '../../processes/redact-command.ts'
import { type RunToEndOptions, runToEnd } from '../../processes/run-to-end.ts'
import type { Spawner } from '../../processes/spawner.ts'
import { MediaError } from '../../runtime/errors.ts'

/** Milliseconds ffmpeg may take to say its version: on a small machine its libraries alone take a second. */
const VERSION_MS_MAX = 10_000
/** Bytes it says: with every option that it was built with, some kilobytes. */
const OUTPUT_BYTES_MAX = 64 * 1024

/** libavformat 59.16 came with ffmpeg 5.0. */
const OLDEST = { major: 59, minor: 16 } as const
/** libavformat 60.16 came with ffmpeg 6.1. */
const FIRST_WITH_BURST = { major: 60, minor: 16 } as const

interface LibraryVersion {
  readonly major: number
  readonly minor: number
}

/** What `ffmpeg -version` says, as far as it matters. */
export interface FfmpegVersion {
  /** As it calls itself: `5.1.9-0+deb12u1`. */
  readonly name: string
  readonly libavformat: LibraryVersion
}

/** An ffmpeg that cannot be used. */
export class FfmpegVersionError extends MediaError {
  readonly code = 'program_failed'
}

/** Reads what `ffmpeg -version` says; `undefined` when it is not ffmpeg that says it. */
export const parseFfmpegVersion = (text: string): FfmpegVersion | undefined => {
  const name = /^ffmpeg version (\S+)/m.exec(text)?.[1]
  const [, major, minor] = /^libavformat +(\d{1,4})\. *(\d{1,4})\./m.exec(text) ?? []
  if (name === undefined || major === undefined || minor === undefined) return undefined
  return { name, libavformat: { major: Number(major), minor: Number(minor) } }
}

const isAtLeast = ({ libavformat: { major, minor } }: FfmpegVersion, least: LibraryVersion): boolean =>
  major > least.major || (major === least.major && minor >= least.minor)

/** Whether it reads the beginning of a file at once unless it is told not to. */
export const burstsAtStart = (version: FfmpegVersion): boolean => isAtLeast(version, FIRST_WITH_BURST)

/** Whether it knows the options that our templates have. */
export const isSupported = (version: FfmpegVersion): boolean => isAtLeast(version, OLDEST)

/**
 * The version of each ffmpeg, asked once. What went wrong is asked again, unlike in go2rtc: somebody
 * who installs ffmpeg expects it to work then.
 */
export class FfmpegVersions {
  readonly #spawner: Spawner
  readonly #known = new Map<string, FfmpegVersion>()

  constructor(spawner: Spawner) {
    this.#spawner = spawner
  }

  /** Rejects with a `ProgramError` when it cannot be run, and with a `FfmpegVersionError` when it is too old. */
  async get(bin: string, context: Pick<RunToEndOptions, 'clock' | 'signal'>): Promise<FfmpegVersion> {
    const version = this.#known.get(bin) ?? (await this.#ask(bin, context))
    if (!isSupported(version)) throw new FfmpegVersionError(`ffmpeg: unsupported version: ${version.name}`)
    return version
  }

  async #ask(bin: string, { clock, signal }: Pick<RunToEndOptions, 'clock' | 'signal'>): Promise<FfmpegVersion> {
    const limits = { timeoutMs: VERSION_MS_MAX, outputBytesMax: OUTPUT_BYTES_MAX }
    const { program, parameters } = splitCommand(bin)
    const { stdout, stderr } = await runToEnd(this.#spawner, {
      ...{ program, parameters: [...parameters, '-version'], clock, signal, ...limits },
    })
    const version = parseFfmpegVersion(stdout.toString())
    if (version === undefined)
      throw new FfmpegVersionError(`ffmpeg: ${bin} is no ffmpeg: ${redactText(stderr.head).split('\n')[0]}`)
    this.#known.set(bin, version)
    return version
  }
}
