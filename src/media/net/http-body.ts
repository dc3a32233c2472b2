import type { IncomingMessage } from 'node:http'

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
