import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite'

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

const settings = {
  root: import.meta.dirname,
  base: './',
  build: {
    target: 'es2022',
    // A preload polyfill and inlined assets would need a looser content security policy.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
} as const satisfies InlineConfig

/** Files of the player that stay files of their own, by the names that cards import: whoever needs one loads it. */
const asFile = (name: string): Plugin => ({
  name: 'as-file',
  enforce: 'pre',
  resolveId(source, importer) {
    const isIt = importer !== undefined && source.endsWith(`/${name}.ts`)
    return isIt ? { id: `./${name}.js`, external: true } : undefined
  },
})

/**
 * Puts a page's script and style into the page: Frigate's proxy passes on `webrtc.html` and nothing beside it. The
 * server allows them by their hashes.
 */
const wholeInItself = (): Plugin => ({
  name: 'whole-in-itself',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const page of Object.values(bundle)) {
      if (page.type !== 'asset' || !page.fileName.endsWith('.html')) continue
      page.source = String(page.source).replace(
        /<(script|link)[^>]* crossorigin (?:src|href)="\.\/([^"]+)">(<\/script>)?/g,
        (_tag, tag: string, name: string) => {
          const file = bundle[name]
          delete bundle[name]
          if (file?.type === 'chunk' && tag === 'script')
            return `<script type="module">${file.code.replaceAll('</script', '<\\/script')}</script>`
          return file?.type === 'asset' ? `<style>${file.source}</style>` : ''
        },
      )
    }
  },
})

/** One file of the player, beside the admin's. A build of its own: neither is cut into pieces for another. */
const playerFile = (name: string, source: string, ...plugins: readonly Plugin[]): InlineConfig => ({
  ...settings,
  configFile: false,
  logLevel: 'error',
  plugins: [...plugins, precompressed()],
  build: {
    ...settings.build,
    emptyOutDir: false,
    copyPublicDir: false,
    rolldownOptions: {
      preserveEntrySignatures: 'strict',
      input: { [name]: join(import.meta.dirname, source) },
      output: { entryFileNames: '[name].js' },
    },
  },
})

/**
 * The player for pages of others: `video-rtc.js`, `video-stream.js`, and the pages for one stream. They are built once
 * the admin is there, because a build empties its folder first.
 */
const withPlayerFiles = (): Plugin => ({
  name: 'with-player-files',
  apply: 'build',
  async closeBundle() {
    await build(playerFile('video-rtc', 'src/player/video-rtc.ts'))
    await build(playerFile('video-stream', 'src/player/video-stream.ts', asFile('video-rtc')))
    await build(playerFile('stream', 'stream.html', asFile('video-stream')))
    await build(playerFile('webrtc', 'webrtc.html', wholeInItself()))
  },
})

/** Relative addresses throughout, so that one build works at `/`, below a base path and behind an ingress. */
export default defineConfig({
  ...settings,
  plugins: [svelte(), precompressed(), withPlayerFiles()],
  server: { proxy: { '/api': { target: SERVER, ws: true } } },
})
