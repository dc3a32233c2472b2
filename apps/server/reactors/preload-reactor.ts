import { describeError, type Engine } from '#media'
import type { ConfigChange, ControlPlane, StreamRecord } from '../commands/control-plane.ts'
import type { Log } from '../logging/server-log.ts'

/** What makes the engine keep streams running as the configuration says. */
export interface PreloadReactorOptions {
  readonly controlPlane: Pick<ControlPlane, 'streams' | 'onChange'>
  readonly engine: Pick<Engine, 'preload' | 'endPreload'>
  readonly log: Log
}

/** Keeps every stream running that should, then follows each change, until it is disposed. Comes after the engine's. */
export const followPreloads = (options: PreloadReactorOptions): Disposable => {
  const reactor = new PreloadReactor(options)
  reactor.take([...options.controlPlane.streams.values()], [])
  return options.controlPlane.onChange(({ streams, removed }: ConfigChange) => reactor.take(streams, removed))
}

/** The engine knows preloads by name, and lets them go by name: whose each is, is known here. */
class PreloadReactor {
  readonly #options: PreloadReactorOptions
  /** The stream's id, by the name under which it is kept running. */
  readonly #owners = new Map<string, string>()

  constructor(options: PreloadReactorOptions) {
    this.#options = options
  }

  take(streams: readonly StreamRecord[], removed: readonly string[]): void {
    const touched = new Set([...removed, ...streams.map(({ id }) => id)])
    const before = [...this.#owners].filter(([, id]) => touched.has(id)).map(([name]) => name)
    const kept = new Set<string>()
    for (const { id, name, preload } of streams) {
      if (preload === undefined) continue
      kept.add(name)
      this.#keep(id, name, preload)
    }
    // Last: under its new name a stream is kept running before its old one lets it go.
    for (const name of before) if (!kept.has(name)) this.#let(name)
  }

  #keep(id: string, name: string, query: string): void {
    const { engine, log } = this.#options
    const owner = this.#owners.get(name)
    // The name was another stream's, to which its preload still holds on.
    if (owner !== undefined && owner !== id) this.#let(name)
    this.#owners.set(name, id)
    try {
      engine.preload(name, query)
    } catch (error) {
      log.warn({ stream: name, error: describeError(error).message }, 'stream cannot be preloaded')
    }
  }

  #let(name: string): void {
    this.#owners.delete(name)
    this.#options.engine.endPreload(name)
  }
}
