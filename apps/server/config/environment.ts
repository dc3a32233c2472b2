import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** go2rtc's form: a name, and after the first colon that does not begin it a default. */
const VARIABLE = /\$\{([^}{]+)\}/g

/** Bytes of a credential file that are read: systemd allows 1 MB in all, a password needs a few. */
const CREDENTIAL_BYTES_MAX = 64 * 1024

/** Where the value of `${NAME}` comes from, in go2rtc's order. */
export interface Environment {
  /** The `env:` map of the configuration. */
  readonly configured: ReadonlyMap<string, string>
  /** The operating system's. */
  readonly system: Readonly<Record<string, string | undefined>>
}

/** A text with its variables resolved, and the values that were put in: they are secrets. */
export interface Resolved {
  readonly text: string
  readonly secrets: readonly string[]
}

/**
 * Resolves `${NAME}` and `${NAME:default}`: from the `env:` map, then from the file NAME in
 * `$CREDENTIALS_DIRECTORY`, then from the operating system, then the default. What none has stays as written.
 */
export const resolveVariables = (text: string, environment: Environment): Resolved => {
  const secrets: string[] = []
  const resolved = text.replace(VARIABLE, (whole, body: string) => {
    const { name, fallback } = splitVariable(body)
    const value = lookUp(name, environment)
    if (value === undefined) return fallback ?? whole
    secrets.push(value)
    return value
  })
  return { text: resolved, secrets }
}

/** The names of the variables in a text. */
export const variablesIn = (text: string): readonly string[] =>
  [...text.matchAll(VARIABLE)].map(match => splitVariable(match[1]!).name)

const splitVariable = (body: string): { readonly name: string; readonly fallback?: string } => {
  const colon = body.indexOf(':', 1)
  return colon < 0 ? { name: body } : { name: body.slice(0, colon), fallback: body.slice(colon + 1) }
}

const lookUp = (name: string, { configured, system }: Environment): string | undefined =>
  configured.get(name) ??
  credential(name, system['CREDENTIALS_DIRECTORY']) ??
  (Object.hasOwn(system, name) ? system[name] : undefined)

const credential = (name: string, folder: string | undefined): string | undefined => {
  // A name is a file's name in that folder, never a way out of it.
  if (!folder || name.includes('/') || name.includes('\0') || name === '..' || name === '.') return undefined
  try {
    return readFileSync(join(folder, name)).subarray(0, CREDENTIAL_BYTES_MAX).toString('utf8').trim()
  } catch {
    return undefined
  }
}
