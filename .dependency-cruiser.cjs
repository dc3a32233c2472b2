/** The architecture, checked. Read it top to bottom: each layer may use the ones it lists. */

// src/media, from the ground up.
const mediaLayers = {
  runtime: [],
  bytes: ['runtime'],
  net: ['runtime', 'bytes'],
  rtp: ['runtime', 'bytes'],
  core: ['runtime', 'rtp'],
  codecs: ['runtime', 'bytes', 'rtp', 'core'],
  sdp: ['runtime', 'core', 'codecs'],
  formats: ['runtime', 'bytes', 'core', 'codecs'],
  streams: ['runtime', 'core', 'codecs'],
  processes: ['runtime', 'bytes'],
  ingest: ['runtime', 'bytes', 'rtp', 'core', 'codecs', 'formats', 'streams'],
  output: ['runtime', 'core', 'codecs', 'formats'],
  protocols: [
    ...['runtime', 'bytes', 'net', 'rtp', 'core', 'codecs', 'sdp', 'formats', 'streams'],
    ...['processes', 'ingest', 'output'],
  ],
}

// apps/server, in the order a command travels.
const serverLayers = {
  logging: [],
  config: ['logging'],
  database: ['config', 'logging'],
  domain: [],
  events: ['domain', 'database', 'logging'],
  projections: ['domain', 'events', 'database', 'logging'],
  commands: ['domain', 'events', 'projections', 'database', 'config', 'logging'],
  reactors: ['domain', 'events', 'commands', 'projections', 'logging'],
  http: ['config', 'logging'],
  rest: ['http', 'domain', 'commands', 'projections', 'config', 'logging'],
  graphql: ['http', 'domain', 'commands', 'projections', 'logging'],
}

// apps/admin/src, from the ground up.
const adminLayers = {
  lib: [],
  ui: ['lib'],
  api: ['lib'],
  player: ['lib'],
  embed: ['player', 'lib'],
  features: ['api', 'ui', 'player', 'lib'],
  pages: ['features', 'ui', 'lib'],
}

// Files above the layers that say facts and know nothing.
const serverFacts = ['version\\.ts$']

const error = (name, from, to, comment) => ({ name, severity: 'error', from, to, ...(comment && { comment }) })

const layerRules = (root, layers, facts = {}) =>
  Object.entries(layers).map(([layer, uses]) =>
    error(
      `${root}/${layer}`,
      // A thread's entry puts parts together, as main.ts does.
      { path: `^${root}/${layer}/`, pathNot: '-thread\\.ts$' },
      {
        path: `^${root}/`,
        pathNot: [
          ...[layer, ...uses].map(name => `^${root}/${name}/`),
          ...(facts[layer] ?? []).map(name => `^${root}/${name}`),
        ],
      },
      `${layer} may import only: ${uses.join(', ') || 'nothing here'}`,
    ),
  )

// Siblings that must not know each other: any one of them can be deleted alone.
const islands = (folder, shared = []) =>
  error(
    `${folder} are islands`,
    { path: `^${folder}/([^/]+)/` },
    { path: `^${folder}/[^/]+/`, pathNot: [`^${folder}/$1/`, ...shared.map(name => `^${folder}/${name}/`)] },
  )

const controlPlanePackages =
  '(fastify|@fastify|graphql|graphql-yoga|@pothos|drizzle-orm|better-sqlite3|yaml|zod|svelte)'

module.exports = {
  forbidden: [
    // Two files may name each other's types; nothing may need itself to be loaded.
    error('no-circular', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    error('no-orphans', { orphan: true, path: '^(src|apps)/', pathNot: '(\\.d\\.ts|\\.config\\.[jt]s)$' }, {}),
    ...layerRules('src/media', mediaLayers),
    ...layerRules('apps/server', serverLayers, { rest: serverFacts, graphql: serverFacts }),
    ...layerRules('apps/admin/src', adminLayers),
    islands('src/media/codecs', ['nal']),
    islands('src/media/formats'),
    islands('src/media/protocols'),
    islands('apps/admin/src/features'),
    error(
      'media-knows-no-control-plane',
      { path: '^src/media/' },
      { path: ['^(apps|db|test)/', `node_modules/${controlPlanePackages}/`] },
    ),
    error(
      'media-has-one-door',
      { path: '^apps/' },
      { path: '^src/media/', pathNot: '^src/media/index\\.ts$' },
      'Import #media: what is not in index.ts is not for the outside.',
    ),
    error(
      'only-these-meet-the-engine',
      { path: '^apps/server/', pathNot: '^apps/server/(server\\.ts|reactors/|rest/)' },
      { path: '^src/media/' },
      'Effects live in reactors; bytes leave through rest; server.ts wires.',
    ),
    error('domain-is-pure', { path: '^apps/server/domain/' }, { pathNot: '^apps/server/domain/' }),
    error('admin-knows-only-the-api', { path: '^apps/admin/' }, { path: '^(apps/server|src|db)/' }),
    error(
      'sockets-live-in-net-and-protocols',
      { path: '^src/media/', pathNot: '^src/media/(net|processes|protocols)/' },
      { path: '^(node:)?(net|tls|dgram|dns|http|https|child_process|fs)(/|$)', dependencyTypes: ['core'] },
    ),
    error('not-to-test', { path: '^(src|apps)/' }, { path: '^test/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true, // a type is a dependency too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}

// For the house tests; not enumerable, because dependency-cruiser refuses what it does not know.
Object.defineProperty(module.exports, 'layers', {
  value: { 'src/media': mediaLayers, 'apps/server': serverLayers, 'apps/admin/src': adminLayers },
})
