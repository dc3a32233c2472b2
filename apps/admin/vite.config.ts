import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** Where `npm run dev:admin` finds a running server. */
const SERVER = process.env['SIGHTLINE_URL'] ?? 'http://127.0.0.1:1984'

/** Smaller files are not worth a second one. */
const COMPRESSED_BYTES_MIN = 1024

/** Writes a compressed copy beside each text file, so that the server never compresses the same thing twice. */
const precompressed = (): Plugin => ({
  name: 'precompressed',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    for (const name of Object.keys(bundle).filter(file => /\.(js|css|html|svg)$/.test(file))) {
      const content = await readFile(join(dir, name))
      if (content.length < COMPRESSED_BYTES_MIN) continue
      await writeFile(join(dir, `${name}.br`), brotliCompressSync(content))
      await writeFile(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }))
    }
  },
})

/** Relative addresses throughout, so that one build works at `/`, below a base path and behind an ingress. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte(), precompressed()],
  build: {
    target: 'es2022',
    // A preload polyfill and inlined assets would need a looser content security policy.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': { target: SERVER, ws: true } } },
})
