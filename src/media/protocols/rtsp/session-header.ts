import { MalformedError } from '../../runtime/errors.ts'

/** Characters a session's name may have: real ones have 8 to 40. */
const ID_CHARACTERS_MAX = 256

/** A session's name, and the seconds of silence after which its server ends it (RFC 2326 §12.37). */
export interface Session {
  readonly id: string
  readonly timeoutSeconds?: number
}

/** Reads a `Session` header. A timeout that is no positive number counts as not said. Throws `MalformedError`. */
export const parseSession = (value: string): Session => {
  const [id = '', ...parameters] = value.split(';').map(part => part.trim())
  if (id === '' || id.length > ID_CHARACTERS_MAX) throw new MalformedError('a session without a name')
  for (const parameter of parameters) {
    const [, seconds] = /^timeout\s*=\s*"?(\d{1,6})"?$/i.exec(parameter) ?? []
    if (seconds !== undefined && Number(seconds) > 0) return { id, timeoutSeconds: Number(seconds) }
  }
  return { id }
}

/** Writes a `Session` header. */
export const formatSession = ({ id, timeoutSeconds }: Session): string =>
  timeoutSeconds === undefined ? id : `${id};timeout=${timeoutSeconds}`
