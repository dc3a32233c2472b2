import { removeStream, renameStream, setPreload, setStream } from '../../api/commands.ts'
import type { ChangeResult, Problem, Stream } from '../../api/documents.ts'
import { sentenceOf } from '../../api/request.ts'

/** What is being asked of the person. */
export type OpenDialog =
  | { readonly kind: 'rename'; readonly stream: Stream }
  | { readonly kind: 'sources'; readonly stream: Stream }
  | { readonly kind: 'remove'; readonly stream: Stream; readonly viewersEnded: number }

/** Why something was not done. */
export type Refusal = Pick<Problem, 'message' | 'remedy'>

/** Tells what was done, with its way back. */
export type Announce = (message: string, change: ChangeResult) => void

/** Tells what could not be done. */
export type Complain = (refusal: Refusal) => void

/** What can be done to a stream. Each action answers why not, or nothing when it is done. */
export class StreamActions {
  #open = $state.raw<OpenDialog | undefined>()
  readonly #announce: Announce
  readonly #complain: Complain

  constructor(announce: Announce, complain: Complain) {
    this.#announce = announce
    this.#complain = complain
  }

  /** The dialog on screen. */
  get open(): OpenDialog | undefined {
    return this.#open
  }

  close(): void {
    this.#open = undefined
  }

  askRename(stream: Stream): void {
    this.#open = { kind: 'rename', stream }
  }

  askSources(stream: Stream): void {
    this.#open = { kind: 'sources', stream }
  }

  /** Removes at once; asks first when somebody would lose the picture. */
  async askRemove(stream: Stream): Promise<void> {
    const refusal = await refusalOf(async () => {
      const { viewersEnded, problem } = await removeStream(stream.name, { dryRun: true })
      if (problem !== null) return problem
      if (viewersEnded === 0) return this.remove(stream)
      this.#open = { kind: 'remove', stream, viewersEnded }
      return undefined
    })
    if (refusal !== undefined) this.#complain(refusal)
  }

  remove(stream: Stream): Promise<Refusal | undefined> {
    return this.#carryOut(`${stream.name} is removed.`, () => removeStream(stream.name))
  }

  rename(stream: Stream, to: string): Promise<Refusal | undefined> {
    return this.#carryOut(`${stream.name} is now called ${to}.`, () => renameStream(stream.name, to))
  }

  /**
   * Changes a stream's sources, unless somebody else has changed it since it was looked at; the server puts back
   * passwords that show as `***`.
   */
  changeSources(stream: Stream, sources: readonly string[]): Promise<Refusal | undefined> {
    return this.#carryOut(`The sources of ${stream.name} are changed.`, () =>
      setStream(stream.name, sources, { basedOn: stream.position }),
    )
  }

  /** Keeps a stream running without viewers, or lets it go: at once, it can be taken back. */
  async keepRunning(stream: Stream, running: boolean): Promise<void> {
    const done = running ? `${stream.name} keeps running.` : `${stream.name} runs for its viewers only.`
    const refusal = await this.#carryOut(done, () => setPreload(stream.name, running ? '' : null))
    if (refusal !== undefined) this.#complain(refusal)
  }

  #carryOut(done: string, command: () => Promise<ChangeResult>): Promise<Refusal | undefined> {
    return refusalOf(async () => {
      const change = await command()
      if (change.problem !== null) return change.problem
      this.close()
      if (change.correlationId !== null) this.#announce(done, change)
      return undefined
    })
  }
}

async function refusalOf(attempt: () => Promise<Refusal | undefined>): Promise<Refusal | undefined> {
  try {
    return await attempt()
  } catch (error) {
    return { message: sentenceOf(error), remedy: null }
  }
}
