import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

/** Two projects: everything that runs in Node, and the admin's components in a simulated browser. */
export default defineConfig({
  test: {
    // Many tests wait for sockets and children: a core that is spared is a core that idles.
    maxWorkers: '100%',
    projects: [
      {
        // One graphql only: Vite would take its ES modules for us while yoga and Pothos take its CommonJS.
        resolve: { alias: { graphql: 'graphql/index.js' } },
        test: {
          name: 'node',
          include: ['test/{media,server,compatibility,house,interop,attacks}/**/*.test.ts'],
          environment: 'node',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [svelte({ configFile: 'apps/admin/svelte.config.js' }), svelteTesting()],
        test: { name: 'admin', include: ['test/admin/**/*.test.ts'], environment: 'jsdom' },
      },
    ],
  },
})
