import type { IncomingMessage } from 'node:http'
import type { ByteFlow } from '../../ingest/container-producer.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'

/** Lets bytes flow or wait, for whoever reads bodies one after another. */
export class FlowGate implements ByteFlow {
  #waiting: PromiseWithResolvers<void> | undefined

  pause(): void {
    this.#waiting ??= Promise.withResolvers<void>()
  }

  resume(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }

  /** Fulfilled when bytes may flow; `undefined` while they may. */
  get opened(): Promise<void> | undefined {
    return this.#waiting?.promise
  }
}

/** Hands a body on, chunk by chunk, waiting where the gate is closed. Rejects when it breaks off. */
export const pumpBody = async (body: IncomingMessage, gate: FlowGate, push: (chunk: Buffer) => void): Promise<void> => {
  for await (const chunk of body) {
    push(chunk as Buffer)
    await gate.opened
  }
}

/** Waits, but not beyond the end. */
export const waitUntilOver = (clock: Clock, forMs: number, over: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (over.aborted || forMs <= 0) return Promise.resolve()
  const timer = clock.after(millis(forMs), resolve)
  const end = (): void => resolve()
  over.addEventListener('abort', end, { once: true })
  return promise.finally(() => {
    timer[Symbol.dispose]()
    over.removeEventListener('abort', end)
  })
}
