import { readdir, readFile } from 'node:fs/promises'
import type { ChildUsage } from './spawner-messages.ts'

/** Processor time in /proc is in hundredths of a second on every Linux, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100

/** Processes that are looked at, at most: what is beyond is not counted. */
const PROCESSES_MAX = 100_000

/** One line of `/proc/PID/stat`, as far as it matters: proc_pid_stat(5). */
export interface ProcessStat {
  readonly group: number
  /** Its own and that of its children that have ended. */
  readonly cpuTicks: number
}

/** Reads `/proc/PID/stat`; `undefined` when it is none. The name in parentheses may hold anything. */
export const parseProcessStat = (text: string): ProcessStat | undefined => {
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(' ')
  const [group, ...times] = [fields[2], fields[11], fields[12], fields[13], fields[14]].map(Number)
  if (group === undefined || !Number.isSafeInteger(group) || !times.every(Number.isSafeInteger)) return undefined
  return { group, cpuTicks: times.reduce((sum, time) => sum + time, 0) }
}

/** The resident memory that `/proc/PID/status` tells, in bytes; 0 when it tells none, as of one that has just ended. */
export const parseResidentBytes = (text: string): number => Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024

interface Sum {
  cpuTicks: number
  memoryBytes: number
  processCount: number
}

/** What these process groups take now. Empty where there is no /proc. */
export const readUsage = async (groups: ReadonlySet<number>): Promise<ReadonlyMap<number, ChildUsage>> => {
  const sums = new Map<number, Sum>()
  const names = await readdir('/proc').catch(() => [])
  for (const name of names.filter(name => /^\d+$/.test(name)).slice(0, PROCESSES_MAX)) {
    const stat = parseProcessStat(await read(`/proc/${name}/stat`))
    if (stat === undefined || !groups.has(stat.group)) continue
    const sum = sums.get(stat.group) ?? { cpuTicks: 0, memoryBytes: 0, processCount: 0 }
    sums.set(stat.group, {
      cpuTicks: sum.cpuTicks + stat.cpuTicks,
      memoryBytes: sum.memoryBytes + parseResidentBytes(await read(`/proc/${name}/status`)),
      processCount: sum.processCount + 1,
    })
  }
  return new Map(
    [...sums].map(([group, { cpuTicks, ...rest }]) => [group, { cpuSeconds: cpuTicks / TICKS_PER_SECOND, ...rest }]),
  )
}

/** Empty for a process that has ended meanwhile. */
const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
