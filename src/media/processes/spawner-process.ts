import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { giveWay } from './give-way.ts'
import { readUsage } from './process-usage.ts'
import { SpawnedChild } from './spawned-child.ts'
import type { SpawnerNotice, SpawnerRequest } from './spawner-messages.ts'
import { MARK, Watchdog } from './watchdog.ts'

// The entry of the process that owns every child: it starts and ends them, and touches none of their bytes.

/** Milliseconds that programs may take to end in order when the server has gone. */
const GRACE_MS_MAX = 500
/** Milliseconds between two looks at whether they have. */
const LOOK_MS = 20

const [pipes] = process.argv.slice(2)
const mark = process.env[MARK]
if (pipes === undefined || mark === undefined || process.send === undefined)
  throw new TypeError('this file is run by the server')

process.title = 'sightline-spawner'
// It works for programs, and has time when they have.
giveWay(process.pid)
const watchdog = new Watchdog({ mark, folder: dirname(pipes), server: process.ppid })
const children = new Map<number, SpawnedChild>()

const tell = (notice: SpawnerNotice): void => {
  // What cannot be told any more is told to nobody: the server has gone.
  if (process.connected) process.send?.(notice, undefined, undefined, () => {})
}

const usage = async (question: number): Promise<void> => {
  const groups = [...children].flatMap(([id, { group }]) => (group === undefined ? [] : [{ id, group }]))
  const used = await readUsage(new Set(groups.map(({ group }) => group)))
  const known = groups.flatMap(({ id, group }) => {
    const one = used.get(group)
    return one === undefined ? [] : [{ id, ...one }]
  })
  tell({ type: 'used', question, usage: known })
}

const take = (request: SpawnerRequest): void => {
  switch (request.type) {
    case 'run': {
      const child = new SpawnedChild(request, { pipes, watchdog, tell })
      children.set(request.id, child)
      void child.run().finally(() => children.delete(request.id))
      return
    }
    case 'end':
      children.get(request.id)?.end()
      return
    case 'stderr': {
      const stderr = children.get(request.id)?.stderr ?? { head: '', tail: '' }
      tell({ type: 'said', question: request.question, stderr })
      return
    }
    case 'usage':
      void usage(request.question)
  }
}

/** The server has gone, whether it said so or not. */
const endAll = (): void => {
  for (const child of children.values()) child.kill('SIGTERM')
  const deadline = performance.now() + GRACE_MS_MAX
  const look = (): void => {
    if (children.size > 0 && performance.now() < deadline) return
    for (const child of children.values()) child.kill('SIGKILL')
    watchdog[Symbol.dispose]()
    rmSync(dirname(pipes), { recursive: true, force: true })
    process.exit()
  }
  setInterval(look, LOOK_MS)
  look()
}

process.on('message', take)
process.on('disconnect', endAll)
// Whoever ends a whole session or control group ends the server too, and the server decides about us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
if (!process.connected) endAll()
