import type {
  Command,
  CommandContext,
  CommandOutcome,
  ConfigChange,
  ConfiguredStream,
  EventPage,
  EventQuery,
  LinkedFileStatus,
  RecordedEvent,
  StreamDifference,
  StreamRecord,
  YamlReading,
} from './control-plane.ts'
import type { LogFields, LogLevel } from './control-plane-log.ts'

/** What the writer is given at its start. */
export interface WriterStart {
  readonly dataFolder: string
  /** The go2rtc.yaml that is linked, as an absolute path. */
  readonly configFile: string | undefined
  readonly migrations: string
  /** Values for `${NAME}` from configurations other than the linked file. */
  readonly environment: Readonly<Record<string, string>>
}

/** What the reader is given at its start. */
export interface ReaderStart {
  readonly dataFolder: string
}

/** What the writer found when it opened. */
export interface OpenedConfiguration {
  readonly streams: readonly StreamRecord[]
  readonly position: number
  readonly linkedFile: LinkedFileStatus
  readonly secrets: readonly string[]
}

/** An order on its way to the writer. */
export interface ExecuteRequest {
  readonly command: Command
  readonly context: CommandContext
  /** Unix milliseconds. */
  readonly at: number
}

/** What the writer can be asked. */
export interface WriterMethods {
  open(input: { readonly at: number }): OpenedConfiguration
  execute(input: ExecuteRequest): Promise<CommandOutcome>
  close(input: null): void
}

/** What the reader can be asked. */
export interface ReaderMethods {
  events(query: EventQuery): EventPage
  eventsAfter(position: number): readonly RecordedEvent[]
  configAt(position: number): readonly ConfiguredStream[]
  diff(range: { readonly from: number; readonly to: number }): readonly StreamDifference[]
  readYaml(text: string): YamlReading
  close(input: null): void
}

/** What the writer tells unasked, in the order in which it happened. */
export type WriterNotice =
  | { readonly kind: 'changed'; readonly change: ConfigChange; readonly secrets: readonly string[] }
  | { readonly kind: 'linked-file'; readonly status: LinkedFileStatus }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly fields: LogFields; readonly message: string }
