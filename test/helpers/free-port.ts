import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { until } from '#test/helpers/until.ts'

/** A port of 127.0.0.1 where nobody listens, for a program that must be told one. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Connects to a program that takes a moment to listen: tries until it can. */
export const connectedTo = async <Result>(what: string, connect: () => Promise<Result>): Promise<Result> => {
  let made: { readonly result: Result } | undefined
  let trying = false
  const attempt = async (): Promise<void> => {
    trying = true
    try {
      made = { result: await connect() }
    } catch {
      trying = false
    }
  }
  await until(
    `${what} to listen`,
    () => {
      if (!trying) void attempt()
      return made !== undefined
    },
    30_000,
  )
  return made!.result
}
