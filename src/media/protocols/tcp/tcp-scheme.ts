import type { Producer } from '../../core/producer.ts'
import { ByteStream } from '../../ingest/byte-stream.ts'
import { TcpConnection } from '../../net/tcp-connection.ts'
import type { DialContext, DialingScheme } from '../../streams/scheme.ts'
import { SourceNotSupportedError, type SourceUrl, splitSource } from '../../streams/source-url.ts'

/** Milliseconds for connecting: go2rtc's. */
const TIMEOUT_MS = 5000
/** Milliseconds without bytes after which the other side counts as gone. */
const SILENCE_MS_MAX = 15_000

/** Where a `tcp:` source leads. */
export interface TcpTarget {
  /** Without brackets. */
  readonly host: string
  readonly port: number
}

/** `tcp://host:port`: bytes from whoever listens there, told by their beginning. */
export const tcpScheme = (): DialingScheme => ({
  kind: 'dial',
  names: ['tcp'],
  trustedOnly: false,
  check: source => void parseTcpSource(source),
  dial: async (source, context) => dial(parseTcpSource(source), context),
})

/** Reads a `tcp:` source. Throws `SourceNotSupportedError`. */
export const parseTcpSource = (source: SourceUrl): TcpTarget => {
  const [, bracketed, plain, port] =
    /^tcp:\/\/(?:\[([\da-f:.]+)\]|([^:/?#@[\]\s]+)):(\d{1,5})\/?$/i.exec(splitSource(source).url) ?? []
  const host = bracketed ?? plain
  if (host === undefined || !(Number(port) >= 1 && Number(port) <= 65_535))
    throw new SourceNotSupportedError('malformed_source', `"${source}" is no address: write tcp://host:port`)
  return { host, port: Number(port) }
}

const dial = async ({ host, port }: TcpTarget, context: DialContext): Promise<Producer> => {
  let stream: ByteStream | undefined
  const connection = await TcpConnection.dial({
    host,
    port,
    timeoutMs: TIMEOUT_MS,
    clock: context.clock,
    signal: context.signal,
    // Nothing is read before the dial has been told of.
    onChunk: chunk => stream?.push(chunk),
  })
  stream = new ByteStream({
    context,
    info: { protocol: 'tcp', remoteAddress: connection.remoteAddress },
    flow: connection,
    silenceMsMax: SILENCE_MS_MAX,
  })
  const opening = stream
  void opening.closed.then(() => connection.close())
  void connection.closed.then(reason => opening.end(reason))
  return opening.opened
}
