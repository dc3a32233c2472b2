import type { Consumer, PictureConverter, ViewerMaker } from './core/consumer.ts'
import type { EngineFact } from './engine-facts.ts'
import { type EngineOptions, type EngineSettings, withDefaults } from './engine-options.ts'
import { type PublishedBytes, type PublishRequest, publishBytes } from './ingest/published-bytes.ts'
import { type RunningChild, Spawner } from './processes/spawner.ts'
import type { DeviceSource } from './protocols/ffmpeg/device-list.ts'
import { FfmpegPictures } from './protocols/ffmpeg/ffmpeg-pictures.ts'
import { FfmpegTools } from './protocols/ffmpeg/ffmpeg-tools.ts'
import type { HardwareResult } from './protocols/ffmpeg/hardware-probe.ts'
import { PictureDecoders } from './protocols/ffmpeg/picture-decoders.ts'
import { type Snapshot, type SnapshotRequest, Snapshots } from './protocols/ffmpeg/snapshots.ts'
import { RtspServer } from './protocols/rtsp/rtsp-server.ts'
import { schemes } from './protocols/schemes.ts'
import { WebRtcConsumer } from './protocols/webrtc/webrtc-consumer.ts'
import { WebRtcPort } from './protocols/webrtc/webrtc-port.ts'
import { WebRtcPublisher } from './protocols/webrtc/webrtc-publisher.ts'
import { WebRtcOffError, type WebRtcRequest } from './protocols/webrtc/webrtc-session.ts'
import { describeError } from './runtime/errors.ts'
import { Pacer } from './runtime/pacer.ts'
import { ExpectedPublications } from './streams/expected-publications.ts'
import { parseProbeRequest } from './streams/media-request.ts'
import { PlayConsumer, playInto } from './streams/play.ts'
import { type PreloadSnapshot, Preloads } from './streams/preloads.ts'
import { type ProbeResult, probeSource } from './streams/probe-source.ts'
import type { SourceOrigin } from './streams/scheme.ts'
import { SchemeRegistry } from './streams/scheme-registry.ts'
import { SilentConsumer } from './streams/silent-consumer.ts'
import { snapshotStream, streamState } from './streams/snapshot-stream.ts'
import type { SourceUrl } from './streams/source-url.ts'
import type { StreamDefinition } from './streams/stream-definition.ts'
import type { FactCause } from './streams/stream-facts.ts'
import { StreamRegistry } from './streams/stream-registry.ts'
import type { StreamActivity, StreamSnapshot } from './streams/stream-snapshot.ts'

/** Where a viewer comes from. */
export interface ViewerAddress {
  readonly remoteAddress: string
  readonly userAgent: string
}

/** One listener of the engine: `address` is empty when it is off or could not be bound. */
export interface ListenerState {
  readonly name: 'rtsp' | 'webrtc'
  readonly address: string
  readonly problem?: FactCause
}

/** Moves media. Is told what should exist, obeys at once, and reports facts; knows no database and no configuration. */
export interface Engine extends AsyncDisposable {
  /** Makes a stream what it should be: adds it, renames it, changes its sources. Saying it again changes nothing. */
  setStream(definition: StreamDefinition): void
  /** Ends a stream with its viewers; an unknown id changes nothing. */
  removeStream(id: string): void
  /** All streams, in the order they were added. */
  streams(): readonly StreamSnapshot[]
  streamByName(name: string): StreamSnapshot | undefined
  streamById(id: string): StreamSnapshot | undefined
  /** What a stream does; cheap, for whoever looks at all of them again and again. `undefined`: none of this id. */
  activity(id: string): StreamActivity | undefined
  /** Watches a stream by name. Rejects with a `MediaError`: unknown stream, no source could be dialed, no codec in common. */
  watch<Viewer extends Consumer>(streamName: string, make: ViewerMaker<Viewer>): Promise<Viewer>
  /** The same for a browser that asks by WebRTC. Rejects with a `MediaError` as well where WebRTC is off. */
  watchWebRtc(streamName: string, request: WebRtcRequest): Promise<WebRtcConsumer>
  /**
   * The newest keyframe of a stream by name as a JPEG, shared by all who ask for the same at the same time. Rejects as
   * `watch`, and where no keyframe comes or none can be made a picture of, with a `MediaError` that says why.
   */
  snapshot(streamName: string, request: SnapshotRequest): Promise<Snapshot>
  /** Publishes bytes of a container to a stream by name: they are a source of it until they end. Throws a `MediaError`. */
  publish(streamName: string, request: PublishRequest): PublishedBytes
  /** The same by WebRTC: what a peer sends is a source of a stream from when it is connected. Throws a `MediaError`. */
  publishWebRtc(streamName: string, request: WebRtcRequest): WebRtcPublisher
  /** The name of the stream that a viewer means: one of ours, or an RTSP address whose path is one. `undefined`: none. */
  findStream(asked: string): string | undefined
  /**
   * Makes a stream for a viewer who named a source instead, and gives its name; it goes when nobody uses it
   * any more. Streams of the configuration are never changed by it. Throws a `LimitError` or a `SourceNotSupportedError`.
   */
  borrowStream(source: SourceUrl, name: string): string
  /** Other names of streams, as `setAlias` gave them. */
  aliases(): ReadonlyMap<string, string>
  /** Gives a stream one more name, until the end of the process. Throws a `MediaError`. */
  setAlias(alias: string, name: string): void
  /** Has a stream dialed for what a query asks (`video`, `audio`, `microphone`) and gives it as it was then. Rejects as viewers do. */
  probeStream(name: string, query: string, who: ViewerAddress): Promise<StreamSnapshot>
  /** Plays a source into a stream, to whichever of its sources listens; ends by itself. Rejects with a `MediaError`. */
  play(name: string, source: SourceUrl): Promise<Consumer>
  /** Ends whatever is being played into a stream. */
  stopPlaying(name: string): void
  /** Keeps a stream running without viewers; the query is a viewer's, empty for video and audio. Throws a `LimitError`. */
  preload(name: string, query: string): void
  /** Lets a preloaded stream go; `false` when it was not preloaded. */
  endPreload(name: string): boolean
  /** What is kept running. */
  preloads(): readonly PreloadSnapshot[]
  /** Dials a source without keeping it. Never rejects: what went wrong is in the answer. Gives up after 10 s or with `signal`. */
  probe(source: SourceUrl, signal: AbortSignal): Promise<ProbeResult>
  /** The programs that run for sources, with what they use. */
  programs(): Promise<readonly RunningChild[]>
  /** Sources that this machine's own cameras and microphones offer. Never rejects. */
  devices(signal: AbortSignal): Promise<readonly DeviceSource[]>
  /** What can encode here, found out by trying each: some ten seconds. Never rejects. */
  encoders(signal: AbortSignal): Promise<readonly HardwareResult[]>
  /** Schemes that a source may begin with. */
  readonly schemes: readonly string[]
  /**
   * Checks a source as written, by who names it. Default: a request, which may run no programs. `within` names the
   * stream it will be part of. Throws `SourceNotSupportedError`.
   */
  checkSource(source: string, origin?: SourceOrigin, within?: string): SourceUrl
  /** Tells every fact from now on. Dispose to stop. */
  onFact(listener: (fact: EngineFact) => void): Disposable
  /** Binds the listeners. An address that cannot be bound is in the answer, not thrown. */
  listen(): Promise<readonly ListenerState[]>
}

/** Makes an engine; nothing listens yet. */
export const createEngine = (options: EngineOptions): Engine => new MediaEngine(withDefaults(options))

/** Sources that may be dialed again at once, and milliseconds between two after that: a network that is back is not flooded. */
const DIAL_BURST = 8
const DIAL_SPACING_MS = 100

class MediaEngine implements Engine {
  readonly #settings: EngineSettings
  readonly #listeners = new Set<(fact: EngineFact) => void>()
  readonly #spawner: Spawner
  readonly #ffmpeg: FfmpegTools
  readonly #schemes: SchemeRegistry
  readonly #streams: StreamRegistry
  readonly #budget
  readonly #publications = new ExpectedPublications()
  readonly #preloads: Preloads
  readonly #decoders: PictureDecoders
  readonly #snapshots: Snapshots
  readonly #pictures: PictureConverter
  #rtsp: RtspServer | undefined
  #webrtc: WebRtcPort | undefined

  constructor(settings: EngineSettings) {
    const { clock, logger } = settings
    this.#settings = settings
    this.#budget = { bytesMax: settings.cacheBytesMax, bytesUsed: 0 }
    this.#spawner = new Spawner({ clock, logger: logger.with({ module: 'exec' }) })
    this.#ffmpeg = new FfmpegTools({
      ...{ spawner: this.#spawner, clock },
      ...{ overrides: settings.ffmpegTemplates, logLevel: settings.ffmpegLogLevel },
    })
    this.#schemes = new SchemeRegistry(
      schemes({
        ...settings,
        ffmpeg: this.#ffmpeg,
        spawner: this.#spawner,
        publications: this.#publications,
        rtspPort: () => this.#rtsp?.port || undefined,
        webRtcPort: () => this.#webrtc,
        hasStream: name => this.#streams.byName(name) !== undefined,
      }),
    )
    const pacer = new Pacer({ clock, burst: DIAL_BURST, spacingMs: DIAL_SPACING_MS, random: settings.random })
    this.#streams = new StreamRegistry({
      schemes: this.#schemes,
      clock,
      logger,
      budget: this.#budget,
      lingerMs: settings.lingerMs,
      pacer,
      publications: this.#publications,
      tell: fact => this.#tell(fact),
    })
    this.#preloads = new Preloads(this.#streams, clock, pacer, logger.with({ module: 'streams' }))
    this.#decoders = new PictureDecoders({ spawner: this.#spawner, clock })
    this.#pictures = new FfmpegPictures(this.#decoders, this.#ffmpeg.templates)
    this.#snapshots = new Snapshots({
      ...{ clock, decoders: this.#decoders, templates: this.#ffmpeg.templates, hardware: this.#ffmpeg.hardware },
      watch: async (id, viewer) => this.#watch(async () => this.#streams.needById(id).add(viewer), viewer),
      exists: id => this.#streams.byId(id) !== undefined,
    })
  }

  get schemes(): readonly string[] {
    return this.#schemes.names
  }

  setStream(definition: StreamDefinition): void {
    this.#streams.set(definition)
    this.#snapshots.forget(definition.id)
  }

  removeStream(id: string): void {
    this.#streams.remove(id)
    this.#snapshots.forget(id)
  }

  streams(): readonly StreamSnapshot[] {
    return this.#streams.all.map(stream => snapshotStream(stream, this.#settings.clock))
  }

  streamByName(name: string): StreamSnapshot | undefined {
    const stream = this.#streams.byName(name)
    return stream && snapshotStream(stream, this.#settings.clock)
  }

  streamById(id: string): StreamSnapshot | undefined {
    const stream = this.#streams.byId(id)
    return stream && snapshotStream(stream, this.#settings.clock)
  }

  activity(id: string): StreamActivity | undefined {
    const stream = this.#streams.byId(id)
    return stream && { state: streamState(stream), receivedBytes: stream.receivedBytes }
  }

  async watch<Viewer extends Consumer>(streamName: string, make: ViewerMaker<Viewer>): Promise<Viewer> {
    const stream = this.#streams.need(streamName)
    const viewer = make({ clock: this.#settings.clock, pictures: this.#pictures })
    await this.#watch(() => stream.add(viewer), viewer)
    return viewer
  }

  async watchWebRtc(streamName: string, request: WebRtcRequest): Promise<WebRtcConsumer> {
    const port = this.#webrtc
    if (port === undefined) throw new WebRtcOffError()
    return this.watch(streamName, ({ clock }) => new WebRtcConsumer({ ...request, clock, port }))
  }

  async snapshot(streamName: string, request: SnapshotRequest): Promise<Snapshot> {
    return this.#snapshots.take(this.#streams.need(streamName).id, request)
  }

  publish(streamName: string, request: PublishRequest): PublishedBytes {
    return publishBytes(this.#streams.need(streamName).publication(), request)
  }

  publishWebRtc(streamName: string, request: WebRtcRequest): WebRtcPublisher {
    const place = this.#streams.need(streamName).publication()
    const port = this.#webrtc
    if (port === undefined) throw new WebRtcOffError()
    return WebRtcPublisher.publish({ ...request, place, port })
  }

  findStream(asked: string): string | undefined {
    return this.#streams.find(asked)?.name
  }

  borrowStream(source: SourceUrl, name: string): string {
    return this.#streams.borrow(source, name).name
  }

  aliases(): ReadonlyMap<string, string> {
    return this.#streams.aliases
  }

  setAlias(alias: string, name: string): void {
    this.#streams.setAlias(alias, name)
  }

  async probeStream(name: string, query: string, who: ViewerAddress): Promise<StreamSnapshot> {
    const { clock } = this.#settings
    const stream = this.#streams.need(name)
    const consumer = new SilentConsumer({ formatName: 'probe', medias: parseProbeRequest(query), clock, ...who })
    await this.#watch(() => stream.add(consumer), consumer)
    const snapshot = snapshotStream(stream, clock)
    consumer.close()
    return snapshot
  }

  async play(name: string, source: SourceUrl): Promise<Consumer> {
    const { clock, logger } = this.#settings
    const stream = this.#streams.need(name)
    this.stopPlaying(name)
    return playInto(stream, { source, schemes: this.#schemes, clock, logger })
  }

  stopPlaying(name: string): void {
    for (const consumer of this.#streams.byName(name)?.consumers ?? [])
      if (consumer instanceof PlayConsumer) consumer.close()
  }

  preload(name: string, query: string): void {
    this.#preloads.set(name, query)
  }

  endPreload(name: string): boolean {
    return this.#preloads.remove(name)
  }

  preloads(): readonly PreloadSnapshot[] {
    return this.#preloads.snapshot()
  }

  /** A viewer that could not be fed is closed before its caller hears why. */
  async #watch(add: () => Promise<void>, consumer: Consumer): Promise<void> {
    try {
      await add()
    } catch (error) {
      consumer.close(describeError(error))
      throw error
    }
  }

  probe(source: SourceUrl, signal: AbortSignal): Promise<ProbeResult> {
    const { clock, logger } = this.#settings
    return probeSource({ source, signal, clock, logger, schemes: this.#schemes })
  }

  programs(): Promise<readonly RunningChild[]> {
    return this.#spawner.list()
  }

  devices(signal: AbortSignal): Promise<readonly DeviceSource[]> {
    return this.#ffmpeg.devices(signal)
  }

  encoders(signal: AbortSignal): Promise<readonly HardwareResult[]> {
    return this.#ffmpeg.engines(signal)
  }

  checkSource(source: string, origin: SourceOrigin = 'request', within?: string): SourceUrl {
    return this.#schemes.check(source, origin, within)
  }

  onFact(listener: (fact: EngineFact) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  #tell(fact: EngineFact): void {
    for (const listener of this.#listeners) listener(fact)
  }

  async listen(): Promise<readonly ListenerState[]> {
    return [await this.#listenRtsp(), ...(await this.#listenWebRtc())]
  }

  async #listenWebRtc(): Promise<readonly ListenerState[]> {
    const { clock, logger, webrtc } = this.#settings
    if (webrtc === undefined) return []
    try {
      this.#webrtc = await WebRtcPort.open({ ...webrtc, clock, logger: logger.with({ module: 'webrtc' }) })
      return [{ name: 'webrtc', address: this.#webrtc.address }]
    } catch (error) {
      return [{ name: 'webrtc', address: '', problem: describeError(error) }]
    }
  }

  async #listenRtsp(): Promise<ListenerState> {
    const { clock, logger, rtsp } = this.#settings
    if (rtsp.listen === '') return { name: 'rtsp', address: '' }
    const server = new RtspServer({
      ...rtsp,
      clock,
      logger: logger.with({ module: 'rtsp' }),
      placeFor: path => this.#streams.placeFor(path),
      watch: async (name, consumer) => this.#watch(async () => this.#streams.need(name).add(consumer), consumer),
    })
    try {
      const address = await server.listen()
      this.#rtsp = server
      return { name: 'rtsp', address }
    } catch (error) {
      return { name: 'rtsp', address: '', problem: describeError(error) }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#preloads[Symbol.dispose]()
    this.#streams[Symbol.dispose]()
    this.#decoders[Symbol.dispose]()
    this.#rtsp?.close()
    this.#webrtc?.[Symbol.dispose]()
    this.#listeners.clear()
    await this.#spawner[Symbol.asyncDispose]()
  }
}
