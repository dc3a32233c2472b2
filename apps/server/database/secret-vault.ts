import type { SecretKey } from '../config/secret-key.ts'
import { openTemplate, sealTemplate } from '../config/secret-template.ts'
import type { SqliteDatabase } from './open-database.ts'
import { secrets } from './secrets.table.ts'

/** Keeps secrets out of the log: a text goes in, a template with references comes out, and back. */
export class SecretVault {
  readonly #database: SqliteDatabase
  readonly #key: SecretKey
  readonly #values = new Map<string, string>()
  /** Of the transaction that is open. */
  readonly #fresh = new Map<string, string>()
  /** How many secrets were sealed with another key: their passwords are lost. */
  readonly lostCount: number

  constructor(database: SqliteDatabase, key: SecretKey) {
    this.#database = database
    this.#key = key
    const rows = database.select().from(secrets).all()
    for (const { ref, sealed } of rows) {
      const value = key.open(sealed)
      if (value !== undefined) this.#values.set(ref, value)
    }
    this.lostCount = rows.length - this.#values.size
  }

  /** A text with references in place of its secrets, which are kept if the open transaction is. */
  seal(text: string): string {
    return sealTemplate(text, value => this.#keep(value))
  }

  /** A text with references in place of its secrets; keeps none of them. */
  describe(text: string): string {
    return sealTemplate(text, value => this.#key.reference(value))
  }

  /** A template as it was written. */
  open(template: string): string {
    return openTemplate(template, reference => this.#values.get(reference) ?? this.#fresh.get(reference))
  }

  /** Whether the secret of a reference is known. */
  has(reference: string): boolean {
    return this.#values.has(reference) || this.#fresh.has(reference)
  }

  /** Every secret there is. */
  get values(): readonly string[] {
    return [...this.#values.values()]
  }

  /** Ends a transaction that was committed; the secrets it brought. */
  committed(): readonly string[] {
    const fresh = [...this.#fresh.values()]
    for (const [reference, value] of this.#fresh) this.#values.set(reference, value)
    this.#fresh.clear()
    return fresh
  }

  /** Ends a transaction that was rolled back. */
  rolledBack(): void {
    this.#fresh.clear()
  }

  #keep(value: string): string {
    const reference = this.#key.reference(value)
    if (this.has(reference)) return reference
    this.#fresh.set(reference, value)
    const sealed = this.#key.seal(value)
    this.#database
      .insert(secrets)
      .values({ ref: reference, sealed })
      // One that an older key has sealed under this reference cannot be: the reference has the key in it.
      .onConflictDoUpdate({ target: secrets.ref, set: { sealed } })
      .run()
    return reference
  }
}
