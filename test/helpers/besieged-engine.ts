import { expect } from 'vitest'
import { createEngine, type Engine, type EngineFact, type EngineOptions, mseViewer, type SourceOrigin } from '#media'
import { CountingSink } from '#test/helpers/counting-sink.ts'
import { NumberedCamera, numberIn } from '#test/helpers/numbered-camera.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { until } from '#test/helpers/until.ts'

/** Pictures that a good viewer must get after each attack. */
const PICTURES = 3
/** What a browser can play that can play all we send. */
const CODECS = 'avc1.640029,hvc1.1.6.L153.B0,mp4a.40.2,opus'
/** What mistakes of ours look like, where others' should have been named. */
const OURS = /"internal"|ERR_[A-Z]|TypeError|RangeError|Cannot read|is not a function|is out of range|undefined/
/** What is left behind when something is: sockets and pipes of all kinds. */
const LEFT_BEHIND = /^(?:TCPSocketWrap|UDPWrap|PipeWrap)$/

const handleCount = (): number => process.getActiveResourcesInfo().filter(name => LEFT_BEHIND.test(name)).length

/** Somebody who watches what is attacked, or tried to. */
export interface Witness {
  readonly sink: CountingSink
  /** The code that refused it or ended it; `undefined` while it watches. */
  code: string | undefined
}

/**
 * An engine under attack, with a good camera and two good viewers who must not notice: one by RTSP,
 * one as a browser. What is attacked is the stream `victim`.
 */
export class BesiegedEngine implements AsyncDisposable {
  readonly engine: Engine
  readonly logger: RecordingLogger
  readonly facts: EngineFact[] = []
  readonly port: number
  readonly #camera: NumberedCamera
  readonly #player: RtspPlayer
  readonly #browser: CountingSink
  readonly #problems: unknown[] = []
  #peaceful: number
  #seen = 0

  private constructor(parts: {
    readonly engine: Engine
    readonly logger: RecordingLogger
    readonly port: number
    readonly camera: NumberedCamera
    readonly player: RtspPlayer
    readonly browser: CountingSink
  }) {
    this.engine = parts.engine
    this.logger = parts.logger
    this.port = parts.port
    this.#camera = parts.camera
    this.#player = parts.player
    this.#browser = parts.browser
    this.engine.onFact(fact => this.facts.push(fact))
    this.#peaceful = handleCount()
    process.on('unhandledRejection', this.#complain)
    process.on('uncaughtException', this.#complain)
  }

  /** An engine at peace: both good viewers have seen their first picture. */
  static async start(options: EngineOptions = {}): Promise<BesiegedEngine> {
    const camera = await NumberedCamera.start()
    const logger = new RecordingLogger()
    const engine = createEngine({ ...options, logger, rtsp: { listen: '127.0.0.1:0', ...options.rtsp } })
    engine.setStream({ id: 'good', name: 'good', sources: [engine.checkSource(camera.source)] })
    const port = Number((await engine.listen())[0]!.address.split(':').at(-1))
    const player = await RtspPlayer.connect(port)
    await player.play(`rtsp://127.0.0.1:${port}/good`)
    const browser = new CountingSink()
    await engine.watch('good', mseViewer({ codecs: '', remoteAddress: '', userAgent: 'neighbour', sink: browser }))
    const besieged = new BesiegedEngine({ engine, logger, port, camera, player, browser })
    await besieged.unharmed()
    return besieged
  }

  /** Where a player finds a stream. */
  address(name = 'victim'): string {
    return `rtsp://127.0.0.1:${this.port}/${name}`
  }

  /** Makes `victim` of these sources, and has somebody watch it. */
  async watch(sources: readonly string[], origin: SourceOrigin = 'configuration'): Promise<Witness> {
    const checked = sources.map(source => this.engine.checkSource(source, origin, 'victim'))
    this.engine.setStream({ id: 'victim', name: 'victim', sources: checked })
    const witness: Witness = { sink: new CountingSink(), code: undefined }
    try {
      const request = { codecs: CODECS, remoteAddress: '', userAgent: 'witness', sink: witness.sink }
      const consumer = await this.engine.watch('victim', mseViewer(request))
      void consumer.closed.then(reason => (witness.code = reason.code))
    } catch (error) {
      witness.code = codeOf(error)
    }
    return witness
  }

  /** The good viewers get the next pictures, and have missed none so far. */
  async unharmed(): Promise<void> {
    // Who says nothing for a minute is taken for gone.
    await this.#player.ask('OPTIONS', '*')
    for (let count = 0; count < PICTURES; count++) this.#seen = this.#camera.show()
    await until(`the good player to see picture ${this.#seen}`, () => this.#player.frames.length >= this.#seen)
    const pictures = this.#player.frames.map(({ payload }) => payload)
    expect(pictures.map(numberIn)).toEqual(Array.from({ length: this.#seen }, (_, index) => index + 1))
    const numbers = pictures.map(packet => packet.readUInt16BE(2))
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0]! + index) & 0xffff))
    // The type box and the movie box are one message; then there is one for each picture.
    await until('the good browser to see as many', () => this.#browser.messageCount >= this.#seen + 1)
    expect(this.#camera.connectionCount).toBe(1)
  }

  /** What is open now is there to stay: whatever starts programs is kept once it has started one. */
  settle(): void {
    this.#peaceful = handleCount()
  }

  /** The attack is over: `victim` goes, nothing of it is left behind, nobody good has noticed, and no mistake was ours. */
  async over(): Promise<void> {
    this.engine.removeStream('victim')
    await this.unharmed()
    await until(
      `sockets to be as few as before (${this.#peaceful}, there are ${handleCount()})`,
      () => handleCount() <= this.#peaceful,
    )
    expect(this.engine.streams().map(({ name }) => name)).toEqual(['good'])
    expect(this.engine.streamByName('good')!.consumers).toHaveLength(2)
    expect(this.#problems).toEqual([])
    expect(this.facts.filter(fact => OURS.test(JSON.stringify(fact)))).toEqual([])
    expect(this.logger.lines.filter(line => OURS.test(line))).toEqual([])
    this.facts.length = 0
    this.logger.lines.length = 0
  }

  readonly #complain = (problem: unknown): void => void this.#problems.push(problem)

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('unhandledRejection', this.#complain)
    process.off('uncaughtException', this.#complain)
    this.#player[Symbol.dispose]()
    await this.engine[Symbol.asyncDispose]()
    await this.#camera[Symbol.asyncDispose]()
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : `no code: ${String(error)}`
