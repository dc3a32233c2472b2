import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from './errors.ts'

/** What the pages may load; nothing inline, nothing from elsewhere. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
]

/** Pages that show one stream and change nothing: any page may frame them, as dashboards do. */
const embeddablePages: ReadonlySet<string> = new Set(['stream.html', 'webrtc.html'])

/**
 * The policy of one page. Scripts and styles that were built into it are allowed by their hashes: `webrtc.html` is
 * reached through proxies that pass on nothing beside it.
 */
const policyOf = (folder: string, page: string): string => {
  const html = readFileSync(join(folder, page), 'utf8')
  const inline = (tag: 'script' | 'style'): string => {
    const contents = [...html.matchAll(new RegExp(`<${tag}(?![^>]*src=)[^>]*>([^]*?)</${tag}>`, 'g'))]
    const hashes = contents.map(([, content = '']) => createHash('sha256').update(content).digest('base64'))
    return [`${tag}-src 'self'`, ...hashes.map(hash => `'sha256-${hash}'`)].join(' ')
  }
  const framing = `frame-ancestors ${embeddablePages.has(page) ? '*' : "'self'"}`
  return [...contentSecurityPolicy, inline('script'), inline('style'), framing].join('; ')
}

/** Vite puts a hash of the contents into these files' names: they never change. */
const isImmutable = (path: string): boolean => /[\\/]assets[\\/]/.test(path)

/**
 * Serves the built admin and the player: `/` and its files. An address that a browser opens and no file has is one of the admin's
 * screens, which stand behind a `#`: the browser is sent there.
 * Without a build, `/` says in words how to make one.
 */
export const serveAdmin = async (app: FastifyInstance, folder: string): Promise<void> => {
  if (!existsSync(join(folder, 'index.html'))) {
    app.setNotFoundHandler((_request, reply) => notFound(reply))
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(notBuilt))
    return
  }
  const policies = new Map(
    ['index.html', ...embeddablePages]
      .filter(page => existsSync(join(folder, page)))
      .map(page => [page, policyOf(folder, page)]),
  )
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: true,
    // Its own look for an index misses the compressed one's plain sibling.
    index: false,
    preCompressed: true,
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders: (reply, path) => {
      reply.header('x-content-type-options', 'nosniff')
      reply.header('cache-control', isImmutable(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
      const policy = policies.get(basename(path).replace(/\.(br|gz)$/, ''))
      if (policy !== undefined) {
        reply.header('content-security-policy', policy)
        reply.header('referrer-policy', 'same-origin')
      }
    },
  })
  app.get('/', (_request, reply) => reply.sendFile('index.html'))
  app.get('/index.html', (_request, reply) => reply.redirect('./', 301))
  app.setNotFoundHandler((request, reply) =>
    isNavigation(request) ? reply.redirect(`/#${request.url}`, 302) : notFound(reply),
  )
}

const notBuilt = `Sightline runs. Its pages have not been built yet: run "npm run build:admin" and load this page again.
`

/** A browser that opens an address, not a page that fetches: only it gets a page in place of a 404. */
const isNavigation = (request: FastifyRequest): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  !/^\/api(?:[/?]|$)/.test(request.url) &&
  (request.headers.accept?.includes('text/html') ?? false) &&
  (request.headers['sec-fetch-mode'] ?? 'navigate') === 'navigate'
