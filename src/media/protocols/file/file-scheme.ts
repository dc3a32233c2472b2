import { createReadStream } from 'node:fs'
import type { Producer } from '../../core/producer.ts'
import { ByteStream } from '../../ingest/byte-stream.ts'
import { describeError, MediaError } from '../../runtime/errors.ts'
import type { DialContext, DialingScheme } from '../../streams/scheme.ts'
import { SourceNotSupportedError, type SourceUrl, splitSource } from '../../streams/source-url.ts'

/** Bytes of one read. */
const READ_BYTES = 64 * 1024

/** A file that cannot be read. */
export class FileSourceError extends MediaError {
  readonly code = 'file_unreadable'

  constructor(path: string, cause: unknown) {
    super(`${path} cannot be read: ${describeError(cause).message}`, { cause })
  }
}

/** `file:/path`: a file on this machine, or a named pipe, played at its own pace. Only the configuration may name one. */
export const fileScheme = (): DialingScheme => ({
  kind: 'dial',
  names: ['file'],
  trustedOnly: true,
  check: source => void pathOf(source),
  dial: async (source, context) => open(pathOf(source), context),
})

/** The path that a `file:` source names: `file:/a`, `file:///a`; `file:a` and `file://a` go from the working directory. */
export const pathOf = (source: SourceUrl): string => {
  const path = splitSource(source).url.slice('file:'.length).replace(/^\/\//, '')
  if (path === '' || path.includes('\0'))
    throw new SourceNotSupportedError('malformed_source', `"${source}" names no file: write file:/path`)
  return path
}

const open = (path: string, context: DialContext): Promise<Producer> => {
  const file = createReadStream(path, { highWaterMark: READ_BYTES })
  const flow = { pause: () => void file.pause(), resume: () => void file.resume() }
  const stream = new ByteStream({ context, info: { protocol: 'file' }, flow, paced: true })
  const { promise, reject } = Promise.withResolvers<never>()
  file.on('data', chunk => stream.push(chunk as Buffer))
  file.on('end', () => stream.end({ code: 'ended', message: 'the file has come to its end' }))
  file.on('error', error => {
    const problem = new FileSourceError(path, error)
    reject(problem)
    stream.close(describeError(problem))
  })
  void stream.closed.then(() => file.destroy())
  return Promise.race([stream.opened, promise])
}
