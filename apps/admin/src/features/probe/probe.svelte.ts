import { setStream } from '../../api/commands.ts'
import type { ProbeResult, Problem } from '../../api/documents.ts'
import { type Live, live } from '../../api/live.svelte.ts'
import { sentenceOf } from '../../api/request.ts'
import { addressProblem, suggestName, withCredentials } from './camera-address.ts'

/** What is known of the camera. */
export type ProbeState =
  | { readonly step: 'idle' }
  | { readonly step: 'probing'; readonly startedAt: number }
  | { readonly step: 'found'; readonly tracks: NonNullable<ProbeResult['tracks']>; readonly tookMs: number }
  | { readonly step: 'failed'; readonly problem: Pick<Problem, 'message' | 'remedy'> }

/** A camera on its way in: address, test, name, done. */
export class CameraProbe {
  user = $state('')
  password = $state('')
  #address = $state('')
  #name = $state('')
  #nameTouched = $state(false)
  #state = $state.raw<ProbeState>({ step: 'idle' })
  #running: AbortController | undefined
  readonly #live: Live

  constructor(source: Live = live) {
    this.#live = source
  }

  /** The address as typed; a new one makes what was found obsolete. */
  get address(): string {
    return this.#address
  }

  set address(address: string) {
    this.#address = address
    if (!this.#nameTouched) this.#name = ''
    this.cancel()
  }

  /** As typed, or as suggested from the address. */
  get name(): string {
    return this.#nameTouched ? this.#name : this.suggestion
  }

  set name(name: string) {
    this.#nameTouched = true
    this.#name = name
  }

  get state(): ProbeState {
    return this.#state
  }

  readonly suggestion = $derived.by(() =>
    this.#address.trim() === '' ? '' : suggestName(this.#address, name => this.#live.find(name) !== undefined),
  )
  readonly addressProblem = $derived.by(() => addressProblem(this.#address, this.#live.system?.schemes ?? []))
  readonly nameProblem = $derived.by(() =>
    this.#live.find(this.name.trim()) === undefined ? undefined : 'Another stream has this name.',
  )
  readonly source = $derived.by(() => withCredentials(this.#address, this.user, this.password))

  get canProbe(): boolean {
    return this.#address.trim() !== '' && this.addressProblem === undefined
  }

  get canSave(): boolean {
    return this.canProbe && this.name.trim() !== '' && this.nameProblem === undefined
  }

  /** Dials the camera and tells what it offers. */
  async probe(probeSource: (url: string, signal: AbortSignal) => Promise<ProbeResult>): Promise<void> {
    this.cancel()
    const running = new AbortController()
    this.#running = running
    this.#state = { step: 'probing', startedAt: Date.now() }
    const state = await outcomeOf(probeSource(this.source, running.signal))
    if (!running.signal.aborted) this.#state = state
  }

  /** Stops waiting, and forgets what was found. */
  cancel(): void {
    this.#running?.abort()
    this.#state = { step: 'idle' }
  }

  /** Keeps the camera as a stream; why not, or nothing when it is kept. */
  async save(): Promise<string | undefined> {
    try {
      const { problem } = await setStream(this.name.trim(), [this.source], { basedOn: 0 })
      return problem?.message
    } catch (error) {
      return sentenceOf(error)
    }
  }
}

async function outcomeOf(probing: Promise<ProbeResult>): Promise<ProbeState> {
  try {
    const { tracks, tookMs, problem } = await probing
    if (tracks !== null && problem === null) return { step: 'found', tracks, tookMs }
    return {
      step: 'failed',
      problem: problem ?? { message: 'The camera offers nothing that can be played.', remedy: null },
    }
  } catch (error) {
    return { step: 'failed', problem: { message: sentenceOf(error), remedy: null } }
  }
}
