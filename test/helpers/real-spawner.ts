import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { Spawner } from '#media/processes/spawner.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { type Logger, silentLogger } from '#media/runtime/logger.ts'

/** The spawner as the engine has it. */
export const realSpawner = (logger: Logger = silentLogger): Spawner => new Spawner({ clock: systemClock, logger })

/** Whether a process runs: one that has ended and waits for whoever adopted it to notice does not. */
export const isRunning = (pid: number): boolean => {
  const state = stateOf(pid)
  return state !== undefined && state.letter !== 'Z' && state.letter !== 'X'
}

/** The children of a process that have ended and were never waited for. */
export const zombiesOf = (parent: number): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      const state = stateOf(pid)
      return state?.letter === 'Z' && state.parent === parent
    })

/** The processes of a group that run. */
export const runningIn = (group: number): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => stateOf(pid)?.group === group && isRunning(pid))

/** The processes that run with this text in their environment. */
export const runningWith = (text: string): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => isRunning(pid) && environmentOf(pid).includes(text))

/** The processes that run with this working folder. */
export const runningWithin = (folder: string): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => workingFolderOf(pid) === folder && isRunning(pid))

const workingFolderOf = (pid: number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

const environmentOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}

interface State {
  readonly letter: string
  readonly parent: number
  readonly group: number
}

const stateOf = (pid: number): State | undefined => {
  try {
    const [letter, parent, group] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return { letter: letter!, parent: Number(parent), group: Number(group) }
  } catch {
    return undefined
  }
}
