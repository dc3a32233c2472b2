import { FileWatch } from '../config/file-watch.ts'
import { readLinkedFile, writeLinkedFile } from '../config/linked-file.ts'
import type { TextNote } from '../config/yaml-document.ts'
import { editPreloads, editStreams } from '../config/yaml-edit.ts'
import { readYamlStreams, type YamlStreams } from '../config/yaml-streams.ts'
import { findStreamByName, type ListedStream, listStreams } from '../projections/stream-list/stream-list-queries.ts'
import type { Configuration, Decision } from './configuration.ts'
import type { LinkedFileStatus } from './control-plane.ts'
import type { LogFields, LogLevel } from './control-plane-log.ts'
import { fileEdits } from './file-edits.ts'
import { type LinkedStream, readLinkedStreams, writeLinkedStreams } from './linked-streams.ts'
import { preloadEdits } from './preload-edits.ts'
import { refusalOf } from './refusals.ts'
import { takeInFile, usableStreams } from './take-in-file.ts'
import { noStreamToPreload, usablePreloads } from './take-in-preloads.ts'

/** Milliseconds to look again at a file that lost all its streams at once: an editor may be halfway. */
const CONFIRM_MS = 400

const NOTHING = { streams: [], preloads: [] } as const

/** Where it tells what happens. */
export interface LinkedFileListener {
  /** Events that came from the file. */
  onDecision(decision: Decision): void
  /** The file's `env:` says something else than before. */
  onEnvironment(values: ReadonlyMap<string, string>): void
  onStatus(status: LinkedFileStatus): void
  onLog(level: LogLevel, fields: LogFields, message: string): void
}

/** Keeps the linked go2rtc.yaml and the configuration in step, in both directions. The file wins over what nobody has written yet. */
export class LinkedFileSync implements Disposable {
  readonly #path: string
  readonly #configuration: Configuration
  readonly #listener: LinkedFileListener
  #watch: FileWatch | undefined
  #timer: NodeJS.Timeout | undefined
  /** As last read and understood, or written. */
  #text: string | undefined
  #written: Pick<YamlStreams, 'streams' | 'preloads'> = NOTHING
  /** Names under `preload:` of which there was no stream: one may come. */
  #strays: readonly string[] = []
  /** A text that is not believed before it is seen a second time. */
  #doubted: string | undefined
  /** Why the file was not understood when it was last looked at. */
  #problem: TextNote | undefined
  #status: LinkedFileStatus = { state: 'none' }

  constructor(path: string, configuration: Configuration, listener: LinkedFileListener) {
    this.#path = path
    this.#configuration = configuration
    this.#listener = listener
  }

  get status(): LinkedFileStatus {
    return this.#status
  }

  /** Takes in what was changed while the server was off, writes what is missing, and watches from now on. */
  start(at: number): void {
    this.#takeIn(at, 'believe')
    if (this.#text !== undefined || listStreams(this.#configuration.database).length > 0) this.writeBack(at)
    else if (this.#problem === undefined) this.#setStatus({ state: 'in-step', path: this.#path })
    this.#watch = new FileWatch(this.#path, () => this.#changed())
  }

  /** Writes what the configuration has and the file has not; a sentence when it could not. */
  writeBack(at: number): string | undefined {
    if (this.#takeIn(at, 'doubt') === 'wait') return undefined
    if (this.#problem !== undefined) return `${this.#path} is not understood: ${this.#problem.message}`
    try {
      this.#write()
      this.#setStatus({ state: 'in-step', path: this.#path })
      return undefined
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#setStatus({ state: 'not-written', path: this.#path, message })
      return `the change is kept and could not be written into ${this.#path}: ${message}`
    }
  }

  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]()
    clearTimeout(this.#timer)
  }

  #changed(): void {
    // Whoever took the file away may be about to put another in its place; the next change makes it anew.
    if (readLinkedFile(this.#path).kind === 'missing') return
    try {
      this.writeBack(Date.now())
    } catch (error) {
      // Nobody waits for this: it is told, and tried again with the next change.
      this.#listener.onLog('error', { path: this.#path, error: String(error) }, 'the linked file could not be taken in')
    }
  }

  #takeIn(at: number, mode: 'believe' | 'doubt'): 'taken' | 'wait' {
    const reading = readLinkedFile(this.#path)
    if (reading.kind === 'missing') {
      // An editor that replaces the file, or one not made yet: no file is no order to remove streams.
      this.#text = undefined
      this.#written = NOTHING
      this.#strays = []
      this.#problem = undefined
      return 'taken'
    }
    if (reading.kind === 'unreadable') return this.#notUnderstood({ message: reading.message })
    if (reading.text === this.#text && !this.#strays.some(name => this.#isStream(name))) {
      this.#problem = undefined
      return 'taken'
    }
    const said = readYamlStreams(reading.text)
    if (said.error !== undefined) return this.#notUnderstood(said.error)
    const hasLostAll = said.streams.length === 0 && this.#written.streams.length > 0
    if (mode === 'doubt' && hasLostAll && this.#doubted !== reading.text) {
      this.#doubted = reading.text
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#changed(), CONFIRM_MS)
      return 'wait'
    }
    this.#doubted = undefined
    return this.#decide(reading.text, said, at)
  }

  #decide(text: string, said: YamlStreams, at: number): 'taken' {
    const streams = usableStreams(said.streams)
    const preloads = usablePreloads(said.preloads)
    const file = { streams: streams.usable, preloads: preloads.usable }
    if (text !== this.#text) this.#tellNotes([...said.notes, ...streams.notes, ...preloads.notes])
    const { database } = this.#configuration
    this.#listener.onEnvironment(said.environment)
    try {
      const decision = this.#configuration.decide({ actor: 'file', at }, changes => {
        const before = readLinkedStreams(database, this.#path)
        const now = takeInFile(file, before, changes, this.#configuration)
        writeLinkedStreams(database, this.#path, before, now)
      })
      this.#text = text
      this.#written = said
      this.#problem = undefined
      this.#tellStrays()
      if (decision.events.length > 0) this.#listener.onDecision(decision)
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === undefined) throw error
      this.#notUnderstood({ message: refusal.message })
    }
    return 'taken'
  }

  #write(): void {
    const { database, vault } = this.#configuration
    const streams = listStreams(database)
    const linked = readLinkedStreams(database, this.#path)
    const edits = fileEdits(this.#written.streams, linked, streams, vault)
    const others = preloadEdits(this.#written.preloads, linked, streams, vault)
    if (edits.length > 0 || others.length > 0) {
      const text = editPreloads(editStreams(this.#text ?? '', edits), others)
      writeLinkedFile(this.#path, text)
      this.#text = text
      this.#written = readYamlStreams(text)
    }
    const names = new Set(this.#written.streams.map(({ name }) => name))
    const now = streams.filter(({ name }) => names.has(vault.open(name))).map(asLinked)
    this.#configuration.transaction(() => writeLinkedStreams(database, this.#path, linked, now))
  }

  #isStream(name: string): boolean {
    const { database, vault } = this.#configuration
    return findStreamByName(database, vault.describe(name)) !== undefined
  }

  /** A preload of a stream that is nowhere stays as it is, and counts when the stream comes. */
  #tellStrays(): void {
    const named = new Set(this.#written.streams.map(({ name }) => name))
    const isThere = (name: string): boolean => named.has(name) || this.#isStream(name)
    const strays = this.#written.preloads.filter(({ name }) => !isThere(name))
    this.#strays = strays.map(({ name }) => name)
    this.#tellNotes(strays.map(noStreamToPreload))
  }

  #tellNotes(notes: readonly TextNote[]): void {
    for (const { message, line } of notes) this.#listener.onLog('warn', { path: this.#path, line }, message)
  }

  #notUnderstood(note: TextNote): 'taken' {
    this.#problem = note
    this.#setStatus({ state: 'not-understood', path: this.#path, ...note })
    return 'taken'
  }

  #setStatus(status: LinkedFileStatus): void {
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return
    this.#status = status
    this.#listener.onStatus(status)
    if (status.state === 'not-understood') {
      const { path, message, line, column } = status
      this.#listener.onLog('error', { path, line, column }, `the file is not understood: ${message}`)
    }
    if (status.state === 'not-written')
      this.#listener.onLog(
        'warn',
        { path: status.path, error: status.message },
        'changes could not be written into the file',
      )
  }
}

const asLinked = ({ id, name, sources, preload }: ListedStream): LinkedStream => ({
  ...{ name, streamId: id, sources },
  ...(preload === undefined ? {} : { preload }),
})
