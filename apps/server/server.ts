import { createEngine, type Engine, HlsSessions, type ListenerState } from '#media'
import type { ControlPlane } from './commands/control-plane.ts'
import type { ControlPlaneLog } from './commands/control-plane-log.ts'
import { importTexts } from './commands/import-texts.ts'
import { openControlPlane } from './commands/local-control-plane.ts'
import { type ConfigArgument, type ConfigTexts, defaultDataFolder, readConfigTexts } from './config/config-texts.ts'
import { readSettings, type Settings } from './config/settings.ts'
import type { GraphQLServices, ListenerInfo } from './graphql/graphql-context.ts'
import { addGraphQLRoute } from './graphql/route.ts'
import { type HttpListener, HttpServer } from './http/http-server.ts'
import { RefusalLog } from './http/refusal-log.ts'
import { serveAdmin } from './http/static-admin.ts'
import { WebSockets } from './http/websocket.ts'
import { type Log, ServerLog } from './logging/server-log.ts'
import { type ProjectPaths, projectPaths } from './paths.ts'
import { EngineFollow } from './reactors/engine-follow.ts'
import { followConfiguration } from './reactors/engine-reactor.ts'
import { followPreloads } from './reactors/preload-reactor.ts'
import type { RestContext } from './rest/rest-context.ts'
import { addRoutes } from './rest/routes.ts'
import { serveWs } from './rest/ws/ws.ts'
import { compatibleVersion, goPlatform, ownVersion } from './version.ts'

/** How to start a server. */
export interface ServerOptions {
  /** As on the command line; none: `go2rtc.yaml` in the working folder, if it is there. */
  readonly configs: readonly ConfigArgument[]
  /** Where the databases are kept. Default: `data` beside the linked file, or in the working folder. */
  readonly dataFolder?: string
  readonly workingFolder: string
  /** Takes log lines. Must not throw. */
  readonly write: (line: string) => void
  /** Ends the process: somebody asked for it by `/api/exit`. */
  readonly exit: (code: number) => void
  /** Default: found from where this file lies. */
  readonly paths?: ProjectPaths
}

/** A server that runs. */
export interface RunningServer {
  /** To open in a browser; `undefined` when there is no TCP listener. */
  readonly url: string | undefined
  readonly listeners: readonly ListenerInfo[]
  readonly log: ServerLog
  /** Whether an API was asked for and could not be had on any address. */
  readonly unreachable: boolean
  /** Ends it: viewers, subscriptions, listeners, sources, databases. */
  close(): Promise<void>
}

/** Starts everything, in the order in which each part needs the ones before. Rejects when the databases cannot be opened. */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const startedAt = Date.now()
  const paths = options.paths ?? projectPaths()
  const log = new ServerLog({ write: options.write })
  const texts = readConfigTexts(options.configs, options.workingFolder)
  const settings = applySettings(texts, log)
  await using held = new AsyncDisposableStack()

  const engine = held.use(startEngine(settings, paths, log))
  const controlPlane = held.use(await openConfiguration(options, texts, paths, engine, log))
  log.redactWith(text => controlPlane.redact(text))
  const others = texts.texts.filter(({ name }) => name !== texts.linkedFile)
  await importTexts(others, { controlPlane, log: toLog(log.module('app')) })
  held.use(followConfiguration({ controlPlane, engine, log: log.module('streams') }))
  const live = held.use(new EngineFollow(engine))

  const listeners: ListenerInfo[] = []
  const closing = new AbortController()
  const access = { access: settings.api, refusals: new RefusalLog(log.module('api')) }
  const http = new HttpServer({ ...access, log: log.module('api') })
  held.defer(() => http.close())
  const hls = held.use(new HlsSessions({ watch: (stream, make) => engine.watch(stream, make) }))
  const rest = restContext({ ...options, controlPlane, engine, hls, log, settings, texts })
  const webSockets = new WebSockets({ ...access, handlers: new Map([['/api/ws', serveWs(rest)]]) })
  held.defer(() => webSockets.close())
  held.defer(() => closing.abort())
  http.onUpgrade((request, socket, head) => webSockets.upgrade(request, socket, head))
  addRoutes(http.app, rest)
  const services: GraphQLServices = {
    ...{ controlPlane, live, startedAt, closing: closing.signal },
    ...{ log: log.module('graphql'), listeners: () => listeners },
  }
  addGraphQLRoute(http.app, services)
  await serveAdmin(http.app, paths.admin)

  const bound = await bind(http, engine, settings, log)
  // After our own RTSP server is there: what ffmpeg makes for a preload comes back by it.
  held.use(followPreloads({ controlPlane, engine, log: log.module('streams') }))
  listeners.push(...bound.listeners)
  const everything = held.move()
  return { ...bound, listeners, log, close: () => everything.disposeAsync() }
}

const applySettings = (texts: ConfigTexts, log: ServerLog): Settings => {
  const { settings, problems } = readSettings(texts.texts)
  log.setLevels(settings.log)
  log
    .module('')
    .info({ platform: goPlatform, revision: `sightline-${ownVersion}`, version: compatibleVersion }, 'go2rtc')
  if (texts.linkedFile !== undefined) log.module('').info({ path: texts.linkedFile }, 'config')
  for (const { source, message, line, column } of problems)
    log.module('app').error({ file: source, line, column }, `configuration is not understood: ${message}`)
  return settings
}

const startEngine = (settings: Settings, paths: ProjectPaths, log: ServerLog): Engine =>
  createEngine({
    logger: log.module('streams'),
    rtsp: settings.rtsp,
    webrtc: settings.webrtc,
    demoClip: paths.demoClip,
    lingerMs: settings.sources.lingerSeconds * 1000,
    ffmpegTemplates: settings.programs.ffmpeg,
    ffmpegLogLevel: settings.programs.ffmpegLogLevel,
    ...(settings.programs.execAllowPaths && { execAllowPaths: settings.programs.execAllowPaths }),
    ...(settings.programs.echoAllowPaths && { echoAllowPaths: settings.programs.echoAllowPaths }),
  })

const openConfiguration = (
  options: ServerOptions,
  { linkedFile, texts }: ConfigTexts,
  paths: ProjectPaths,
  engine: Engine,
  log: ServerLog,
): Promise<ControlPlane> => {
  return openControlPlane({
    dataFolder: options.dataFolder ?? defaultDataFolder(linkedFile, options.workingFolder),
    ...(linkedFile === undefined ? {} : { configFile: linkedFile }),
    migrations: paths.migrations,
    environment: Object.fromEntries(readSettings(texts.filter(({ name }) => name !== linkedFile)).env),
    checkSource: (source, trusted, name) =>
      void engine.checkSource(source, trusted ? 'configuration' : 'request', name),
    logger: toLog(log.module('app')),
  })
}

const toLog =
  (log: Log): ControlPlaneLog =>
  (level, fields, message) =>
    log[level](fields, message)

interface RestParts {
  readonly controlPlane: ControlPlane
  readonly engine: Engine
  readonly hls: HlsSessions
  readonly log: ServerLog
  readonly settings: Settings
  readonly texts: ConfigTexts
  readonly exit: (code: number) => void
}

const restContext = ({ controlPlane, engine, hls, log, settings, texts, exit }: RestParts): RestContext => ({
  controlPlane,
  engine,
  hls,
  exit,
  log: log.module('api'),
  ring: log.ring,
  configPath: texts.linkedFile,
  rtsp: settings.rtsp,
})

type Bound = Pick<RunningServer, 'url' | 'listeners' | 'unreachable'>

/** Binds everything, and only then tells of the API: Home Assistant connects the moment it reads that line. */
const bind = async (http: HttpServer, engine: Engine, { api }: Settings, log: ServerLog): Promise<Bound> => {
  const media = await engine.listen()
  for (const listener of media) tellMediaListener(listener, log)
  const tcp = api.listen === '' ? undefined : await http.listen(api.listen)
  const unix = api.unixListen === '' ? undefined : await http.listenUnix(api.unixListen)
  const ours = [tcp, unix].filter(listener => listener !== undefined)
  for (const { asked, address, problem } of ours) {
    if (problem !== undefined) log.module('api').error({ addr: asked }, problem.message)
    else log.module('api').info({ addr: asked.endsWith(':0') ? address : asked }, 'listen')
  }
  return {
    url: tcp === undefined ? undefined : urlOf(tcp),
    listeners: [...ours.map(listenerInfo), ...media],
    unreachable: ours.length > 0 && ours.every(({ problem }) => problem !== undefined),
  }
}

const tellMediaListener = ({ name, address, problem }: ListenerState, log: ServerLog): void => {
  if (problem !== undefined) log.module(name).error({ code: problem.code }, problem.message)
  else if (address !== '') log.module(name).info({ addr: address }, 'listen')
}

const listenerInfo = ({ address, problem }: HttpListener): ListenerInfo => ({
  name: 'api',
  address,
  ...(problem === undefined ? {} : { problem }),
})

/** Every address, and the loopback's, are best opened by name. */
const urlOf = ({ address, port }: HttpListener): string | undefined => {
  if (port === undefined) return undefined
  return /^(\[::1?\]|0\.0\.0\.0|127\.0\.0\.1):/.test(address) ? `http://localhost:${port}` : `http://${address}`
}
