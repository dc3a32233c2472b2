import { expect } from 'vitest'
import { createEngine, type Engine, parseRemoteDescription } from '#media'
import { WebRtcConsumer } from '#media/protocols/webrtc/webrtc-consumer.ts'
import { WebRtcPort } from '#media/protocols/webrtc/webrtc-port.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { until } from '#test/helpers/until.ts'
import { offerOf, targetOf } from '#test/helpers/web-rtc-offers.ts'
import { peerFingerprint, WebRtcPeer } from '#test/helpers/web-rtc-peer.ts'

const demoClip = new URL('../../src/media/protocols/demo/clip.mp4', import.meta.url).pathname
/** Packets that a good viewer must get after each attack. */
const PACKETS = 20

/** Somebody who watches by WebRTC. */
export interface PortViewer {
  readonly consumer: WebRtcConsumer
  readonly peer: WebRtcPeer
  readonly target: ReturnType<typeof targetOf>
}

/** A port of WebRTC under attack, with a stream that plays and a good viewer who must not notice. */
export class BesiegedPort implements AsyncDisposable {
  readonly engine: Engine
  readonly port: WebRtcPort
  readonly #held = new DisposableStack()
  readonly #problems: unknown[] = []
  #good: PortViewer | undefined

  private constructor(engine: Engine, port: WebRtcPort) {
    this.engine = engine
    this.port = port
    process.on('unhandledRejection', this.#complain)
    process.on('uncaughtException', this.#complain)
  }

  /** The good viewer has got its first pictures. */
  static async start(): Promise<BesiegedPort> {
    const engine = createEngine({ rtsp: { listen: '' }, demoClip })
    engine.setStream({ id: '1', name: 'demo', sources: [engine.checkSource('demo:')] })
    const port = await WebRtcPort.open({
      ...{
        listen: '127.0.0.1:0',
        candidates: [],
        iceServers: [],
        filters: {},
        clock: systemClock,
        logger: silentLogger,
      },
    })
    const besieged = new BesiegedPort(engine, port)
    besieged.#good = await besieged.watch()
    await besieged.unharmed()
    return besieged
  }

  get number(): number {
    return Number(this.port.address.split(':').at(-1))
  }

  /** Offers; nobody has connected yet. */
  async offer(): Promise<WebRtcConsumer> {
    const offer = parseRemoteDescription(offerOf(await peerFingerprint()))
    const request = { offer, formatName: 'webrtc', protocol: 'http', remoteAddress: '', userAgent: 'test' } as const
    return this.engine.watch('demo', ({ clock }) => new WebRtcConsumer({ ...request, clock, port: this.port }))
  }

  /** One more viewer, who gets something. */
  async watch(protocol: 'udp' | 'tcp' = 'udp'): Promise<PortViewer> {
    const consumer = await this.offer()
    const target = targetOf(await consumer.answer(true))
    const peer = this.#held.use(await WebRtcPeer.connect(this.number, target, protocol))
    await plays(peer)
    return { consumer, peer, target }
  }

  /** The good viewer gets more. */
  async unharmed(): Promise<void> {
    const { peer, target } = this.#good!
    peer.ice.check(target)
    await plays(peer)
  }

  /** The attack is over: the good viewer has not noticed; when all have gone, nothing is kept of anybody. */
  async over(): Promise<void> {
    await this.unharmed()
    const good = this.#good!.consumer
    this.#held.dispose()
    good.close()
    const empty = { sessions: 0, addresses: 0, connections: 0 }
    await until('nothing to be left', () => JSON.stringify(this.port.counts) === JSON.stringify(empty))
    expect(this.engine.streamByName('demo')!.consumers).toEqual([])
    expect(this.#problems).toEqual([])
  }

  readonly #complain = (problem: unknown): void => void this.#problems.push(problem)

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('unhandledRejection', this.#complain)
    process.off('uncaughtException', this.#complain)
    if (!this.#held.disposed) this.#held.dispose()
    this.port[Symbol.dispose]()
    await this.engine[Symbol.asyncDispose]()
  }
}

/** Waits until a peer has got more packets. */
export const plays = async ({ rtp }: WebRtcPeer): Promise<void> => {
  const before = rtp.length
  await until(`${PACKETS} packets more`, () => rtp.length >= before + PACKETS)
}
