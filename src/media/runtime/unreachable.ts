/** Makes a forgotten member of a union a compile error. Throws when reached at run time. */
export const unreachable = (value: never): never => {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`)
}
