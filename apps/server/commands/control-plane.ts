/**
 * What the rest of the server sees of the control plane. It lives on the main thread; everything
 * that touches SQLite or the linked file happens in its threads.
 */
export interface ControlPlane extends AsyncDisposable {
  /**
   * Runs one command whole: load, decide, append, read models, one transaction. Resolves after every
   * `onChange` listener has run: what you PUT, you GET. Rejects with `Refusal`.
   */
  execute(command: Command, context: CommandContext): Promise<CommandOutcome>
  /** The streams as they are now, by name. In memory: costs nothing. */
  readonly streams: ReadonlyMap<string, StreamRecord>
  /** Of the newest event. */
  readonly position: number
  readonly linkedFile: LinkedFileStatus
  /** Called in order, once an append, with what it changed. Dispose to stop. */
  onChange(listener: (change: ConfigChange) => void): Disposable
  /** Newest first, exclusive of `before`; at most `first` (1 to 500). */
  events(page: EventQuery): Promise<EventPage>
  /** Oldest first, after a position: what a subscriber that comes back has missed. At most 1 000 at a time. */
  eventsAfter(position: number): Promise<readonly RecordedEvent[]>
  configAt(position: number): Promise<readonly ConfiguredStream[]>
  diff(from: number, to: number): Promise<readonly StreamDifference[]>
  /** What a go2rtc.yaml would bring. Never rejects: what is wrong is in the answer. */
  readYaml(text: string, options?: { readonly trusted?: boolean }): Promise<YamlReading>
  /** Replaces every known secret in a text by `***`. */
  redact(text: string): string
}

/** An order; may be refused. Names are stream names; sources are as written, with credentials. */
export type Command =
  | {
      readonly type: 'SetStream'
      readonly name: string
      readonly sources: readonly string[]
      /**
       * `position` of the stream as the caller has seen it, 0 for none: refused as `conflict` when it is another one
       * by now. Default: whatever is there is changed.
       */
      readonly basedOn?: number
    }
  | { readonly type: 'RenameStream'; readonly name: string; readonly to: string }
  | { readonly type: 'RemoveStream'; readonly name: string }
  /** Keeps a stream running without viewers; an empty query is video and audio, null lets it go. */
  | { readonly type: 'SetPreload'; readonly name: string; readonly query: string | null }
  | { readonly type: 'Undo'; readonly correlationId: string }
  | { readonly type: 'RevertTo'; readonly position: number }
  /** Several streams in one change set, then preloads: all of them or nothing. Streams not named stay. */
  | {
      readonly type: 'ImportStreams'
      readonly streams: readonly NamedSources[]
      readonly preloads?: readonly NamedPreload[]
    }

/** A stream as a file or a person writes it. */
export interface NamedSources {
  readonly name: string
  readonly sources: readonly string[]
}

/** A stream that is to run without viewers, as a file writes it. */
export interface NamedPreload {
  readonly name: string
  readonly query: string
}

/** Who orders, and how. */
export interface CommandContext {
  /** `rest`, `graphql`, `admin`, `file`; with the user's name after a colon where there is one. */
  readonly actor: string
  /** Decide and tell, append nothing. */
  readonly dryRun?: boolean
}

/** What a command did; no events: nothing had to change. In a dry run, what it would do; positions are 0 then. */
export interface CommandOutcome {
  readonly correlationId: string
  readonly position: number
  readonly events: readonly RecordedEvent[]
  /** Set when the change is kept and could not be written into the linked file. */
  readonly fileProblem?: string
}

/** A command's expected failure: `code` is for programs, `message` for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Every reason for which a command may be refused. */
export type RefusalCode =
  | 'stream_not_found'
  | 'name_taken'
  | 'name_invalid'
  | 'source_invalid'
  | 'preload_invalid'
  | 'too_many'
  | 'change_not_found'
  | 'superseded'
  | 'position_unknown'
  | 'conflict'
  | 'storage'

/** One entry of the log as the APIs see it; sources carry secret references, never passwords. */
export interface RecordedEvent {
  readonly position: number
  readonly streamId: string
  readonly version: number
  readonly type:
    | 'StreamAdded'
    | 'StreamRenamed'
    | 'StreamSourcesChanged'
    | 'StreamPreloaded'
    | 'StreamPreloadEnded'
    | 'StreamRemoved'
  /** The event's data with secrets shown as `***`. */
  readonly data: Readonly<Record<string, unknown>>
  /** The stream's name after the event (before it, when it was removed). */
  readonly streamName: string
  readonly actor: string
  readonly correlationId: string
  /** Unix milliseconds. */
  readonly at: number
}

/** A stream as it is configured now. */
export interface StreamRecord {
  readonly id: string
  readonly name: string
  /** With credentials: to dial with, and for those who may see them. */
  readonly sources: readonly string[]
  /** With `***` in place of secrets. */
  readonly shownSources: readonly string[]
  /** What is kept running without viewers, go2rtc's query; empty: video and audio. Absent: nothing. */
  readonly preload?: string
  /** The same as written: variables by their names, `***` in place of secrets. */
  readonly shownPreload?: string
  readonly position: number
  /** Unix milliseconds. */
  readonly updatedAt: number
}

/** One append: its events, the streams they touched as they are now, and those that are gone. */
export interface ConfigChange {
  readonly position: number
  readonly events: readonly RecordedEvent[]
  readonly streams: readonly StreamRecord[]
  readonly removed: readonly string[]
}

/** Which events. */
export interface EventQuery {
  readonly before?: number
  readonly first: number
  readonly streamId?: string
}

/** A page of the log. */
export interface EventPage {
  readonly events: readonly RecordedEvent[]
  readonly hasMore: boolean
}

/** A stream as it was at a revision; secrets shown as `***`. */
export interface ConfiguredStream {
  readonly id: string
  readonly name: string
  readonly sources: readonly string[]
  readonly preload?: string
}

/** How one stream differs between two revisions. */
export interface StreamDifference {
  readonly id: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before?: ConfiguredStream
  readonly after?: ConfiguredStream
}

/** The linked go2rtc.yaml. */
export type LinkedFileStatus =
  | { readonly state: 'none' }
  | { readonly state: 'in-step'; readonly path: string }
  | { readonly state: 'not-written'; readonly path: string; readonly message: string }
  | {
      readonly state: 'not-understood'
      readonly path: string
      readonly message: string
      readonly line?: number
      readonly column?: number
    }

/** A place in a YAML text, from 1, and what is to be said about it. */
export interface YamlNote {
  readonly message: string
  readonly line?: number
  readonly column?: number
}

/** What a go2rtc.yaml says. */
export interface YamlReading {
  /** With the sources that can be set; those left out are in the notes. */
  readonly streams: readonly NamedSources[]
  /** Whether their streams are there is for the one who sets them to see. */
  readonly preloads: readonly NamedPreload[]
  /** Keys that are not used yet, items that were skipped. */
  readonly notes: readonly YamlNote[]
  /** Why it could not be understood at all; the lists are empty then. */
  readonly error?: YamlNote
}
