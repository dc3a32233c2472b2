import { blob, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Secret values by reference, sealed with the key file. */
export const secrets = sqliteTable('secrets', {
  ref: text('ref').primaryKey(),
  /** AES-256-GCM: 12 bytes nonce, 16 bytes tag, ciphertext. */
  sealed: blob('sealed', { mode: 'buffer' }).notNull(),
})
