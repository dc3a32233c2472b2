import type { Engine, EngineFact, StreamActivity, StreamDefinition, StreamSnapshot } from '#media'

/** An engine that moves nothing: it keeps what it is told, and tells what a test says. */
export class RecordingEngine
  implements
    Pick<
      Engine,
      | 'setStream'
      | 'removeStream'
      | 'preload'
      | 'endPreload'
      | 'streams'
      | 'streamById'
      | 'activity'
      | 'onFact'
      | 'probe'
      | 'checkSource'
    >
{
  /** What it was told, as sentences. */
  readonly orders: string[] = []
  /** How many streams it keeps running. */
  preloadsMax = 1000
  readonly #preloads = new Set<string>()
  readonly schemes = ['rtsp', 'demo']
  readonly #snapshots = new Map<string, StreamSnapshot>()
  readonly #bytes = new Map<string, number>()
  readonly #listeners = new Set<(fact: EngineFact) => void>()

  setStream({ id, name, sources }: StreamDefinition): void {
    this.orders.push(`set ${id} ${name}: ${sources.join(', ')}`)
  }

  removeStream(id: string): void {
    this.orders.push(`remove ${id}`)
  }

  preload(name: string, query: string): void {
    if (!this.#preloads.has(name) && this.#preloads.size >= this.preloadsMax) throw new Error('too many preloads')
    this.#preloads.add(name)
    this.orders.push(`preload ${name}: ${query}`)
  }

  endPreload(name: string): boolean {
    this.orders.push(`let ${name}`)
    return this.#preloads.delete(name)
  }

  streams(): readonly StreamSnapshot[] {
    return [...this.#snapshots.values()]
  }

  streamById(id: string): StreamSnapshot | undefined {
    return this.#snapshots.get(id)
  }

  activity(id: string): StreamActivity | undefined {
    const snapshot = this.#snapshots.get(id)
    return snapshot && { state: snapshot.state, receivedBytes: this.#bytes.get(id) ?? 0 }
  }

  onFact(listener: (fact: EngineFact) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  probe: Engine['probe'] = () => Promise.resolve({ tracks: [], tookMs: 3 })

  checkSource: Engine['checkSource'] = source => {
    if (!this.schemes.some(scheme => source.startsWith(`${scheme}:`))) throw new Error(`nothing opens ${source}`)
    return source as ReturnType<Engine['checkSource']>
  }

  /** Puts a stream into a state, and tells the fact that goes with it. */
  becomes(id: string, state: StreamSnapshot['state'], more: Partial<StreamSnapshot> = {}): void {
    this.#snapshots.set(id, { id, name: id, state, sources: [], consumers: [], everWatched: true, ...more })
    const sourceState = state === 'live' ? 'live' : 'idle'
    for (const listener of this.#listeners)
      listener({ type: 'SourceStateChanged', streamId: id, source: 0, state: sourceState })
  }

  /** Says how much a stream has received in all. */
  received(id: string, bytes: number): void {
    this.#bytes.set(id, bytes)
  }
}
