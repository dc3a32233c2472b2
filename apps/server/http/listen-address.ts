/** Where a TCP server listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Reads go2rtc's `host:port`, `:port` and `[::1]:port`; no host is every address, IPv4 and IPv6. `undefined` when it is none. */
export const parseListenAddress = (text: string): ListenAddress | undefined => {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text.trim())
  if (parts === null) return undefined
  const port = Number(parts[3])
  if (port > 65_535) return undefined
  const host = parts[1] ?? parts[2] ?? ''
  return { host: host === '' ? '::' : host, port }
}

/** Why an address cannot be listened on: `code` is for programs, `message` for people. */
export interface ListenProblem {
  readonly code: 'port_in_use' | 'not_permitted' | 'address_not_available' | 'malformed_address' | 'cannot_listen'
  readonly message: string
}

/** What to tell somebody when an address cannot be listened on; `setting` names the key that changes it. */
export const listenProblem = (error: unknown, text: string, setting: string): ListenProblem => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const port = parseListenAddress(text)?.port
  switch (code) {
    case 'EADDRINUSE':
      return {
        code: 'port_in_use',
        message: `port ${port ?? text} is already in use: stop the other program (another Sightline or go2rtc?) or choose another port with ${setting}`,
      }
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'not_permitted',
        message: `this user may not listen on ${text}: choose another one (ports below 1024 need special rights) with ${setting}`,
      }
    case 'EADDRNOTAVAIL':
      return { code: 'address_not_available', message: `this machine has no address for ${text}: correct ${setting}` }
    default: {
      const reason = error instanceof Error ? error.message : String(error)
      return { code: 'cannot_listen', message: `cannot listen on ${text}: ${reason}` }
    }
  }
}

/** What to tell somebody whose address is none. */
export const malformedAddress = (text: string, setting: string): ListenProblem => ({
  code: 'malformed_address',
  message: `${setting}: "${text}" is no address: write :1984 or 127.0.0.1:1984`,
})
