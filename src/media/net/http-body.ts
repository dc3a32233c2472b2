import type { IncomingMessage } from 'node:http'
import type { Clock } from '../runtime/clock.ts'
import { millis } from '../runtime/units.ts'

/** A whole body; `undefined` when it is larger than it may be. Rejects when it breaks off. */
export const readBody = async (body: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += (chunk as Buffer).length
    if (size > bytesMax) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks, size)
}

/** The same of who may stop in the middle: rejects as well when it is not whole after so many milliseconds. */
export const readBodyWithin = async (
  body: IncomingMessage,
  bytesMax: number,
  clock: Clock,
  timeoutMs: number,
): Promise<Buffer | undefined> => {
  using _late = clock.after(millis(timeoutMs), () => body.destroy(new Error('the body stopped')))
  return await readBody(body, bytesMax)
}
