import { join } from 'node:path'
import { Configuration, type Decision } from '#server/commands/configuration.ts'
import type { Command } from '#server/commands/control-plane.ts'
import { handleCommand } from '#server/commands/handle-command.ts'
import type { Environment } from '#server/config/environment.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { TemporaryFolder } from './temporary-folder.ts'

/** The folder with one folder of migrations a database. */
export const migrations = join(import.meta.dirname, '../../db/migrations')

/** A configuration in a folder of its own, in this thread. */
export class OpenedConfiguration implements Disposable {
  readonly folder = new TemporaryFolder()
  readonly configuration: Configuration
  /** Each order gets the next millisecond. */
  #now = 1_000

  constructor(environment: Environment = { configured: new Map(), system: {} }) {
    this.configuration = new Configuration(this.folder.path, migrations, environment)
  }

  run(command: Command, options: { readonly actor?: string; readonly dryRun?: boolean } = {}): Decision {
    const { actor = 'rest', dryRun = false } = options
    return this.configuration.decide({ actor, dryRun, at: this.#now++ }, changes =>
      handleCommand(command, changes, this.configuration),
    )
  }

  set(name: string, ...sources: readonly string[]): Decision {
    return this.run({ type: 'SetStream', name, sources })
  }

  /** Names with their sources as written. */
  get streams(): Readonly<Record<string, readonly string[]>> {
    const { database, vault } = this.configuration
    const entries = listStreams(database).map(
      ({ name, sources }) => [vault.open(name), sources.map(source => vault.open(source))] as const,
    )
    return Object.fromEntries(entries)
  }

  idOf(name: string): string | undefined {
    const { database, vault } = this.configuration
    return listStreams(database).find(stream => vault.open(stream.name) === name)?.id
  }

  [Symbol.dispose](): void {
    this.configuration[Symbol.dispose]()
    this.folder[Symbol.dispose]()
  }
}
