/** A source in its parts: `scheme://user:password@rest`. The user part goes up to the last `@` before the path. */
const ADDRESS = /^([a-z][a-z0-9+.-]*:(?:[a-z][a-z0-9+.-]*:)?\/\/)(?:([^/?#]*)@)?(.*)$/is

/** What is wrong with an address before anything is dialed, in a sentence; nothing when it may be tried. */
export function addressProblem(address: string, schemes: readonly string[]): string | undefined {
  const text = address.trim()
  if (text === '') return undefined
  if (/\s/.test(text)) return 'An address has no spaces. Write %20 where one belongs.'
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined || /^[^:/]+:\d+(\/|$)/.test(text))
    return `Begin with how to reach it, such as rtsp://${text}`
  if (schemes.length > 0 && !schemes.includes(scheme)) {
    return `This server does not know “${scheme}:”. It knows ${schemes.map(name => `${name}:`).join(', ')}`
  }
  return undefined
}

/** Adds a user and a password to an address, encoded; what the address held before gives way. */
export function withCredentials(address: string, user: string, password: string): string {
  const text = address.trim()
  const parts = ADDRESS.exec(text)
  if (parts === null || (user === '' && password === '')) return text
  const [, start = '', , rest = ''] = parts
  return `${start}${encodeUserinfo(user)}:${encodeUserinfo(password)}@${rest}`
}

/** A name for a stream, from its host or else its path: `192.168.1.20` is `camera-20`, `porch.local` is `porch`. */
export function suggestName(address: string, taken: (name: string) => boolean): string {
  const base = baseName(address)
  if (!taken(base)) return base
  for (let number = 2; ; number++) {
    const name = `${base}-${number}`
    if (!taken(name)) return name
  }
}

function baseName(address: string): string {
  const text = address.trim()
  const rest = ADDRESS.exec(text)?.[3]
  if (rest === undefined) return slug(text.split(/[?#]/)[0] ?? '') || 'camera'
  const host = /^(\[[^\]]*\]|[^:/?#]*)/.exec(rest)?.[0] ?? ''
  const lastByte = /^\d+\.\d+\.\d+\.(\d+)$/.exec(host)?.[1]
  if (lastByte !== undefined) return `camera-${lastByte}`
  const path = rest.slice(host.length).replace(/^:\d+/, '').split(/[?#]/)[0] ?? ''
  const fromHost = host.startsWith('[') || host === 'localhost' ? '' : slug(host.split('.')[0] ?? '')
  return fromHost || slug(path.split('/').findLast(Boolean) ?? '') || 'camera'
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** Everything but letters, digits and four harmless marks, so that any password survives any parser. */
const encodeUserinfo = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
