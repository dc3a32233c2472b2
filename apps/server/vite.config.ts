import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig } from 'vite'

const folder = import.meta.dirname

/** Worker threads, each its own entry beside `main.js`: `database/control-thread.ts` becomes `dist/control-thread.js`. */
const threads = globSync('database/*-thread.ts', { cwd: folder }).map(
  path => [basename(path, '.ts'), `${folder}/${path}`] as const,
)

/** Processes of their own, entries likewise: `processes/spawner-process.ts` becomes `dist/spawner-process.js`. */
const processes = globSync('../../src/media/processes/*-process.ts', { cwd: folder }).map(
  path => [basename(path, '.ts'), `${folder}/${path}`] as const,
)

/** The server as a few files: hundreds of modules read one by one would treble the time it takes to start. */
export default defineConfig({
  root: folder,
  build: {
    ssr: true,
    outDir: 'dist',
    // A server that runs still needs the chunks it has not loaded yet; set-up.mjs removes old ones.
    emptyOutDir: false,
    target: 'node22',
    sourcemap: true,
    // A tenth of the memory at rest is source text.
    minify: true,
    rolldownOptions: {
      input: { main: `${folder}/main.ts`, ...Object.fromEntries([...threads, ...processes]) },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  // The native addon stays outside, and GraphiQL's nine megabytes that few ever open.
  ssr: { target: 'node', noExternal: true, external: ['better-sqlite3', '@graphql-yoga/render-graphiql'] },
})
