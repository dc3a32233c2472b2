import { Redaction } from '../config/redaction.ts'
import { CannotOpenError } from '../database/cannot-open-error.ts'
import { ThreadClient } from '../database/thread-client.ts'
import {
  type Command,
  type CommandContext,
  type CommandOutcome,
  type ConfigChange,
  type ConfiguredStream,
  type ControlPlane,
  type EventPage,
  type EventQuery,
  type LinkedFileStatus,
  type RecordedEvent,
  Refusal,
  type RefusalCode,
  type StreamDifference,
  type StreamRecord,
  type YamlReading,
} from './control-plane.ts'
import type { ControlPlaneLog } from './control-plane-log.ts'
import type { OpenedConfiguration, ReaderMethods, WriterMethods, WriterNotice } from './control-thread-messages.ts'
import type { ControlThreadStart } from './serve-control-thread.ts'
import { findThreadFile } from './thread-file.ts'

/** How to open a control plane. */
export interface ControlPlaneOptions {
  /** Made when missing. One server at a time. */
  readonly dataFolder: string
  /** The go2rtc.yaml to keep in step with, as an absolute path; it need not be there. Default: none. */
  readonly configFile?: string
  /** The folder `db/migrations`, with one folder a database. */
  readonly migrations: string
  /** The entry of the database threads. Default: the one beside this code. */
  readonly threadFile?: URL
  /**
   * Throws an error with a sentence for a source nobody could dial, or that may not be set by whoever sets it:
   * `trusted` is the configuration itself. Not asked for sources that are there already.
   */
  readonly checkSource: (source: string, trusted: boolean, streamName: string) => void
  readonly logger: ControlPlaneLog
  /** Unix milliseconds. Default: the machine's clock. */
  readonly clock?: () => number
  /** Values for `${NAME}` besides those of the linked file's `env:`. Default: none. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Opens the configuration of a data folder. Rejects with `CannotOpenError`, whose message is for the person who started the server. */
export const openControlPlane = async (options: ControlPlaneOptions): Promise<ControlPlane> => {
  const plane = new LocalControlPlane(options)
  await plane.open()
  return plane
}

/** The control plane of one machine: memory here, SQLite and the linked file in threads. */
class LocalControlPlane implements ControlPlane {
  readonly #options: ControlPlaneOptions
  readonly #now: () => number
  readonly #threadFile: URL
  readonly #writer: ThreadClient<WriterMethods, WriterNotice>
  #reader: ThreadClient<ReaderMethods> | undefined
  readonly #redaction = new Redaction()
  readonly #listeners = new Set<(change: ConfigChange) => void>()
  readonly #streams = new Map<string, StreamRecord>()
  readonly #names = new Map<string, string>()
  #position = 0
  #linkedFile: LinkedFileStatus = { state: 'none' }

  constructor(options: ControlPlaneOptions) {
    this.#options = options
    this.#now = options.clock ?? Date.now
    this.#threadFile = options.threadFile ?? findThreadFile()
    const { dataFolder, configFile, migrations, environment = {} } = options
    this.#writer = new ThreadClient({
      file: this.#threadFile,
      workerData: {
        role: 'writer',
        start: { dataFolder, configFile, migrations, environment },
      } satisfies ControlThreadStart,
      refuse: refusal,
      onNotice: notice => this.#take(notice),
      onFailure: reason => this.#options.logger('error', { error: reason }, 'nothing can be changed any more'),
    })
  }

  /** Waits until the writer has opened everything. */
  async open(): Promise<void> {
    try {
      this.#opened(await this.#writer.call('open', { at: this.#now() }))
    } catch (error) {
      await this.#writer.terminate()
      throw error
    }
  }

  get streams(): ReadonlyMap<string, StreamRecord> {
    return this.#streams
  }

  get position(): number {
    return this.#position
  }

  get linkedFile(): LinkedFileStatus {
    return this.#linkedFile
  }

  async execute(command: Command, context: CommandContext): Promise<CommandOutcome> {
    this.#checkSources(command, context.actor === 'file')
    return this.#writer.call('execute', { command, context, at: this.#now() })
  }

  onChange(listener: (change: ConfigChange) => void): Disposable {
    // A function of its own, so that one listener added twice is two.
    const own = (change: ConfigChange): void => listener(change)
    this.#listeners.add(own)
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) }
  }

  events(page: EventQuery): Promise<EventPage> {
    return this.#ask('events', page)
  }

  eventsAfter(position: number): Promise<readonly RecordedEvent[]> {
    return this.#ask('eventsAfter', position)
  }

  configAt(position: number): Promise<readonly ConfiguredStream[]> {
    return this.#ask('configAt', position)
  }

  diff(from: number, to: number): Promise<readonly StreamDifference[]> {
    return this.#ask('diff', { from, to })
  }

  async readYaml(text: string, { trusted = false } = {}): Promise<YamlReading> {
    return this.#withoutStrangers(await this.#ask('readYaml', text), trusted)
  }

  redact(text: string): string {
    return this.#redaction.redact(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reader = this.#reader
    await Promise.allSettled([this.#writer.call('close', null), reader?.call('close', null)])
    await Promise.all([this.#writer.terminate(), reader?.terminate()])
  }

  /** The reader is started by the first question: a server that nobody asks saves its memory. */
  #ask<Name extends keyof ReaderMethods>(
    method: Name,
    input: Parameters<ReaderMethods[Name]>[0],
  ): Promise<Awaited<ReturnType<ReaderMethods[Name]>>> {
    if (this.#reader?.hasEnded) this.#reader = undefined
    this.#reader ??= new ThreadClient<ReaderMethods>({
      file: this.#threadFile,
      workerData: { role: 'reader', start: { dataFolder: this.#options.dataFolder } } satisfies ControlThreadStart,
      refuse: refusal,
      onNotice: () => {},
      onFailure: reason => this.#options.logger('error', { error: reason }, 'the history cannot be read'),
    })
    return this.#reader.call(method, input)
  }

  #opened({ streams, position, linkedFile, secrets }: OpenedConfiguration): void {
    for (const secret of secrets) this.#redaction.add(secret)
    for (const record of streams) this.#remember(record)
    this.#position = position
    this.#linkedFile = linkedFile
  }

  #take(notice: WriterNotice): void {
    if (notice.kind === 'changed') this.#changed(notice.change, notice.secrets)
    else if (notice.kind === 'linked-file') this.#linkedFile = notice.status
    else this.#options.logger(notice.level, notice.fields, notice.message)
  }

  #changed(change: ConfigChange, secrets: readonly string[]): void {
    for (const secret of secrets) this.#redaction.add(secret)
    // First every old name goes, so that two streams may have changed names with each other.
    for (const id of [...change.removed, ...change.streams.map(record => record.id)]) this.#forget(id)
    for (const record of change.streams) this.#remember(record)
    this.#position = change.position
    for (const listener of [...this.#listeners]) this.#inform(listener, change)
  }

  #inform(listener: (change: ConfigChange) => void, change: ConfigChange): void {
    try {
      listener(change)
    } catch (error) {
      // The change is decided and kept; one listener's failure is not the others'.
      this.#options.logger('error', { error: String(error) }, 'a listener failed on a configuration change')
    }
  }

  #remember(record: StreamRecord): void {
    this.#streams.set(record.name, record)
    this.#names.set(record.id, record.name)
  }

  #forget(id: string): void {
    const name = this.#names.get(id)
    if (name === undefined) return
    this.#names.delete(id)
    this.#streams.delete(name)
  }

  #checkSources(command: Command, trusted: boolean): void {
    const sets = command.type === 'SetStream' ? [command] : command.type === 'ImportStreams' ? command.streams : []
    for (const { name, sources } of sets)
      for (const source of sources) {
        const problem = this.#problemWith(name, source, trusted)
        if (problem !== undefined) throw new Refusal('source_invalid', problem)
      }
  }

  /** Why a command may not set a source; what the stream has already is not asked about. */
  #problemWith(name: string, source: string, trusted: boolean): string | undefined {
    const record = this.#streams.get(name)
    if (record?.sources.includes(source) || record?.shownSources.includes(source)) return undefined
    try {
      this.#options.checkSource(source, trusted, name)
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Leaves out, and notes, the sources that a command would refuse; a stream that had others stays. */
  #withoutStrangers(reading: YamlReading, trusted: boolean): YamlReading {
    const notes = [...reading.notes]
    const streams = reading.streams.flatMap(({ name, sources }) => {
      const known = sources.filter(source => {
        const problem = this.#problemWith(name, source, trusted)
        if (problem !== undefined) notes.push({ message: `${name}: left out: ${problem}` })
        return problem === undefined
      })
      return known.length === 0 && sources.length > 0 ? [] : [{ name, sources: known }]
    })
    return { ...reading, streams, notes }
  }
}

const CANNOT_OPEN: readonly string[] = ['node_too_old', 'folder_in_use', 'database_newer']

const refusal = (code: string, message: string): Error =>
  CANNOT_OPEN.includes(code)
    ? new CannotOpenError(code as CannotOpenError['code'], message)
    : new Refusal(code as RefusalCode, message)
