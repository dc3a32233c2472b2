/** Connection, track and sender numbers: one counter for the whole process, from 1, as in go2rtc's JSON. */
let last = 0

/** The next number. Wraps at 2^32, as clients read it as uint32. */
export const nextIdentity = (): number => {
  last = (last + 1) >>> 0
  return last
}
