import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

/** Two projects: everything that runs in Node, and the admin's components in a simulated browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/{media,server,compatibility,house,interop}/**/*.test.ts'],
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
