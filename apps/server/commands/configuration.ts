import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Environment } from '../config/environment.ts'
import { readSecretKey } from '../config/secret-key.ts'
import { migrate } from '../database/migrate.ts'
import { openDatabase, type SqliteDatabase } from '../database/open-database.ts'
import { SecretVault } from '../database/secret-vault.ts'
import { readProperty, writeProperty } from '../database/server-properties.ts'
import type { AppendContext } from '../events/event-envelope.ts'
import { EventStore } from '../events/event-store.ts'
import { allProjections } from '../projections/project.ts'
import type { Projection } from '../projections/projection.ts'
import { rebuildChanged } from '../projections/rebuild.ts'
import { ChangeSet } from './change-set.ts'
import type { RecordedEvent } from './control-plane.ts'
import { StreamStates } from './stream-states.ts'

/** Where the configuration's database lies in a data folder. */
export const databaseFile = (dataFolder: string): string => join(dataFolder, 'config.db')

/** What a change set did. */
export interface Decision {
  readonly correlationId: string
  readonly events: readonly RecordedEvent[]
  /** Secrets seen for the first time. */
  readonly secrets: readonly string[]
}

/** Who orders, and when. */
export interface DecisionContext {
  readonly actor: string
  /** Unix milliseconds. */
  readonly at: number
  readonly causationId?: string
  readonly dryRun?: boolean
}

/** Ends a transaction that was only tried. */
class DryRunOver extends Error {}

/** `config.db`: the log, its read models and the secrets, written by one thread alone. */
export class Configuration implements Disposable {
  readonly database: SqliteDatabase
  readonly store: EventStore
  readonly vault: SecretVault
  readonly rebuilt: readonly string[]
  readonly #projections: readonly Projection[]
  readonly #states: StreamStates
  /** Where `${NAME}` comes from; replaced when the linked file has other values. */
  environment: Environment

  /** Throws `CannotOpenError`. The folder must be there, and ours. */
  constructor(dataFolder: string, migrations: string, environment: Environment) {
    this.environment = environment
    this.database = openDatabase(databaseFile(dataFolder))
    try {
      migrate(this.database, join(migrations, 'config'))
      this.vault = new SecretVault(this.database, readSecretKey(join(dataFolder, 'secret.key')))
      this.store = new EventStore(this.database, nodeId(this.database))
      this.#states = new StreamStates(this.store)
      this.#projections = allProjections(this.database)
      this.rebuilt = rebuildChanged(this.database, this.store, this.#projections)
    } catch (error) {
      this.database.$client.close()
      throw error
    }
  }

  /** Runs what makes a change set, all of it or nothing. What it throws comes out again. */
  decide(context: DecisionContext, make: (changes: ChangeSet) => void): Decision {
    const { actor, at, causationId, dryRun = false } = context
    const append: AppendContext = {
      actor,
      at,
      correlationId: randomUUID(),
      ...(causationId === undefined ? {} : { causationId }),
    }
    const changes = new ChangeSet(
      { database: this.database, store: this.store, projections: this.#projections, states: this.#states },
      append,
    )
    try {
      this.transaction(() => {
        make(changes)
        if (dryRun) throw new DryRunOver()
      })
    } catch (error) {
      this.vault.rolledBack()
      this.#states.rolledBack()
      if (error instanceof DryRunOver) return dryDecision(changes)
      throw error
    }
    this.#states.committed()
    return { correlationId: changes.correlationId, events: changes.events, secrets: this.vault.committed() }
  }

  /** All of it or nothing. */
  transaction(work: () => void): void {
    this.database.$client.transaction(work).immediate()
  }

  [Symbol.dispose](): void {
    this.database.$client.close()
  }
}

/** What is not written has no position. */
const dryDecision = ({ correlationId, events }: ChangeSet): Decision => ({
  correlationId,
  events: events.map(event => ({ ...event, position: 0 })),
  secrets: [],
})

/** The machine's name in the log, made once for a data folder. */
const nodeId = (database: SqliteDatabase): string => {
  const known = readProperty(database, 'node_id')
  if (known !== undefined) return known
  const made = randomUUID()
  writeProperty(database, 'node_id', made)
  return made
}
