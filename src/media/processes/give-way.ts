import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'

/** Niceness of programs: on a busy machine they get a tenth of what the server gets, which needs little, but at once. */
const NICENESS = 10

/**
 * Lets the server go before a process, and before what that starts: a program that begins or computes must
 * not hold up everybody's media. What the machine does not allow is left as it is.
 */
export const giveWay = (pid: number): void => {
  try {
    setPriority(pid, NICENESS)
  } catch {
    // It has ended, or whoever runs us forbids it.
  }
  // Linux weighs sessions against each other where nobody else has made groups: each program is one of its own.
  writeFile(`/proc/${pid}/autogroup`, String(NICENESS)).catch(() => {})
}
