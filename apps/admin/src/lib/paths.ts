/** The paths of all screens, so that no feature spells one. */
export const paths = {
  streams: '/',
  add: '/add',
  changes: '/changes',
  stream: (name: string): string => `/streams/${encodeURIComponent(name)}`,
} as const

/** What a link to a path is written as. */
export const href = (path: string): string => `#${path}`

/**
 * Matches a path against a pattern like `/streams/:name`; answers the decoded parameters.
 * A parameter that is not valid percent-encoding is taken as written.
 */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/')
  const given = trimEnd(path).split('/')
  if (wanted.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (!part.startsWith(':')) {
      if (part !== value) return undefined
    } else if (value === '') return undefined
    else parameters[part.slice(1)] = decode(value)
  }
  return parameters
}

const trimEnd = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
