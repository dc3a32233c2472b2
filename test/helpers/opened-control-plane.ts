import type { ConfigChange, ControlPlane } from '#server/commands/control-plane.ts'
import { type ControlPlaneOptions, openControlPlane } from '#server/commands/local-control-plane.ts'
import { migrations } from './opened-configuration.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

/** A whole control plane with its threads, in a folder that may outlive it. */
export class OpenedControlPlane implements AsyncDisposable {
  readonly plane: ControlPlane
  readonly changes: ConfigChange[] = []
  readonly log: readonly string[]

  private constructor(plane: ControlPlane, log: readonly string[]) {
    this.plane = plane
    this.log = log
    plane.onChange(change => void this.changes.push(change))
  }

  static async open(folder: TemporaryFolder, options: Partial<ControlPlaneOptions> = {}): Promise<OpenedControlPlane> {
    const log: string[] = []
    const plane = await openControlPlane({
      dataFolder: folder.at('data'),
      migrations,
      checkSource: () => {},
      logger: (level, fields, message) => void log.push(`${level} ${message} ${JSON.stringify(fields)}`),
      ...options,
    })
    return new OpenedControlPlane(plane, log)
  }

  set(name: string, ...sources: readonly string[]) {
    return this.plane.execute({ type: 'SetStream', name, sources }, { actor: 'rest' })
  }

  /** Names with their sources, with credentials. */
  get streams(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.plane.streams].map(([name, { sources }]) => [name, sources]))
  }

  /** Waits until the streams have these names. */
  untilNames(...names: readonly string[]): Promise<void> {
    const wanted = names.toSorted().join()
    return until(`the streams ${wanted}`, () => [...this.plane.streams.keys()].sort().join() === wanted)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.plane[Symbol.asyncDispose]()
  }
}
