import { defineConfig } from 'drizzle-kit'

/** `npm run migrate` compares the tables in the code with the last migration and writes the next one. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './apps/server/**/*.table.ts',
  out: './db/migrations/config',
})
