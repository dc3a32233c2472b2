/** Turns a forgotten member of a union into a compile error; at run time it throws `TypeError`. */
export const unreachable = (value: never): never => {
  throw new TypeError(`not a case that exists: ${JSON.stringify(value)}`)
}
