import type { Environment } from '../config/environment.ts'
import { lockFolder } from '../database/folder-lock.ts'
import { Configuration, type Decision } from './configuration.ts'
import type { CommandOutcome, StreamRecord } from './control-plane.ts'
import type { LogFields, LogLevel } from './control-plane-log.ts'
import type {
  ExecuteRequest,
  OpenedConfiguration,
  WriterMethods,
  WriterNotice,
  WriterStart,
} from './control-thread-messages.ts'
import { handleCommand } from './handle-command.ts'
import { LinkedFileSync } from './linked-file-sync.ts'
import { allRecords, touchedRecords } from './stream-records.ts'

/** The one that writes: runs every command whole, one after another, and keeps the linked file in step. */
export class Writer implements WriterMethods {
  readonly #start: WriterStart
  readonly #tell: (notice: WriterNotice) => void
  readonly #held = new DisposableStack()
  #configuration: Configuration | undefined
  #file: LinkedFileSync | undefined
  /** Of the write-back that is about to be made, for all commands that came before it. */
  #writeBack: Promise<string | undefined> | undefined
  #writeBackNow: (() => void) | undefined

  constructor(start: WriterStart, tell: (notice: WriterNotice) => void) {
    this.#start = start
    this.#tell = tell
  }

  open({ at }: { readonly at: number }): OpenedConfiguration {
    const { dataFolder, migrations, configFile } = this.#start
    this.#held.use(lockFolder(dataFolder))
    const configuration = this.#held.use(new Configuration(dataFolder, migrations, this.#environment(new Map())))
    this.#configuration = configuration
    this.#tellWhatWasFound(configuration)
    if (configFile !== undefined) {
      this.#file = this.#held.use(this.#link(configFile, configuration))
      this.#file.start(at)
    }
    const { records, secrets } = allRecords(configuration)
    return {
      streams: records,
      position: configuration.store.position,
      linkedFile: this.#file?.status ?? { state: 'none' },
      secrets: [...configuration.vault.values, ...secrets],
    }
  }

  async execute({ command, context, at }: ExecuteRequest): Promise<CommandOutcome> {
    const configuration = this.#opened()
    const causation = command.type === 'Undo' ? { causationId: command.correlationId } : {}
    const decision = configuration.decide({ ...context, ...causation, at }, changes =>
      handleCommand(command, changes, configuration),
    )
    const { correlationId, events } = decision
    if (context.dryRun === true) return { correlationId, events, position: 0 }
    this.#announce(decision)
    const position = configuration.store.position
    const fileProblem = events.length === 0 ? undefined : await this.#writeBackSoon(at)
    return { correlationId, events, position, ...(fileProblem === undefined ? {} : { fileProblem }) }
  }

  close(): void {
    this.#writeBackNow?.()
    this.#held.dispose()
  }

  /** Commands that are waiting already are run first: the file is written once for all of them. */
  #writeBackSoon(at: number): Promise<string | undefined> | undefined {
    const file = this.#file
    if (file === undefined) return undefined
    this.#writeBack ??= new Promise((resolve, reject) => {
      this.#writeBackNow = () => {
        this.#writeBack = undefined
        this.#writeBackNow = undefined
        clearImmediate(soon)
        try {
          resolve(file.writeBack(at))
        } catch (error) {
          reject(error)
        }
      }
      const soon = setImmediate(this.#writeBackNow)
    })
    return this.#writeBack
  }

  #link(path: string, configuration: Configuration): LinkedFileSync {
    return new LinkedFileSync(path, configuration, {
      onDecision: decision => {
        this.#announce(decision)
        this.#log('info', { path, events: decision.events.length }, 'changes taken from the file')
      },
      onEnvironment: values => this.#useEnvironment(values),
      onStatus: status => this.#tell({ kind: 'linked-file', status }),
      onLog: (level, fields, message) => this.#log(level, fields, message),
    })
  }

  #announce({ events, secrets }: Decision): void {
    if (events.length === 0) return
    const configuration = this.#opened()
    const { records, removed, secrets: variables } = touchedRecords(events, configuration)
    const change = { position: events.at(-1)!.position, events, streams: records, removed }
    this.#tell({ kind: 'changed', change, secrets: [...secrets, ...variables] })
  }

  /** Other values for variables are no event; the streams that use them are told with what they now mean. */
  #useEnvironment(values: ReadonlyMap<string, string>): void {
    const configuration = this.#opened()
    const before = new Map(allRecords(configuration).records.map(record => [record.id, resolvedTexts(record)]))
    configuration.environment = this.#environment(values)
    const { records, secrets } = allRecords(configuration)
    const streams = records.filter(record => before.get(record.id) !== resolvedTexts(record))
    if (streams.length === 0) return
    const change = { position: configuration.store.position, events: [], streams, removed: [] }
    this.#tell({ kind: 'changed', change, secrets })
  }

  /** Configurations given beside the file come after it: theirs win, as in go2rtc. */
  #environment(fromFile: ReadonlyMap<string, string>): Environment {
    return { configured: new Map([...fromFile, ...Object.entries(this.#start.environment)]), system: process.env }
  }

  #opened(): Configuration {
    if (this.#configuration === undefined) throw new TypeError('the configuration is not open')
    return this.#configuration
  }

  #tellWhatWasFound({ rebuilt, vault }: Configuration): void {
    for (const projection of rebuilt) this.#log('debug', { projection }, 'read model rebuilt from the log')
    if (vault.lostCount > 0)
      this.#log('error', { count: vault.lostCount }, 'passwords cannot be read: secret.key is another one than before')
  }

  #log(level: LogLevel, fields: LogFields, message: string): void {
    this.#tell({ kind: 'log', level, fields, message })
  }
}

const resolvedTexts = ({ sources, preload }: StreamRecord): string => JSON.stringify([sources, preload])
