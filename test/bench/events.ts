import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { databaseFile } from '#server/commands/configuration.ts'
import type { ControlPlane } from '#server/commands/control-plane.ts'
import { openControlPlane } from '#server/commands/local-control-plane.ts'
import { openDatabase } from '#server/database/open-database.ts'
import { EventStore } from '#server/events/event-store.ts'
import { projectPaths } from '#server/paths.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { type Findings, nowMs, numberOption, type Options, rounded } from './measure.ts'

/** Streams that one change set brings when the log is filled. */
const BATCH_STREAMS = 1000
/** Events that are decided one by one; what a log has beyond them is appended without deciding. */
const DECIDED_MAX = 50_000
/** Events in one transaction of what is appended without deciding. */
const BATCH_EVENTS = 10_000
/** Starts of which the best counts. */
const STARTS = 3

/** Commands a second, and read models folded again from a long log; the floor is SQLite with bare inserts. */
export const run = async (options: Options): Promise<Findings> => {
  const appends = numberOption(options, 'appends', 2000)
  const count = numberOption(options, 'count', 20_000)
  const folder = mkdtempSync(join(tmpdir(), 'sightline-events-'))
  try {
    const rows = [bareInserts(folder, appends)]
    const plane = await open(folder)
    rows.push(await commandsOneByOne(plane, appends), await commandsAtOnce(plane, appends))
    rows.push(await fill(plane, Math.min(count, DECIDED_MAX)))
    const decided = plane.position
    await plane[Symbol.asyncDispose]()
    if (count > DECIDED_MAX) rows.push(lengthen(folder, count - DECIDED_MAX))
    rows.push(await reopen(folder, 'start with this log', () => {}))
    rows.push(await reopen(folder, 'start, read models folded again', forgetReadModels))
    return {
      rows,
      notes: [
        'A command is a changed stream: decided, appended and projected in one transaction that is on the disk (FULL).',
        `The log holds ${decided + Math.max(0, count - DECIDED_MAX)} events; --count makes it longer.`,
        `A start counts once, the best of ${STARTS}; what it takes with read models folded again, and not without, is theirs.`,
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const open = (folder: string): Promise<ControlPlane> =>
  openControlPlane({
    dataFolder: join(folder, 'data'),
    migrations: projectPaths().migrations,
    checkSource: () => {},
    logger: () => {},
  })

/** Time and CPU of this process, its threads included, since it was made. */
class Stopwatch {
  readonly #startedAt = nowMs()
  readonly #usage = process.cpuUsage()

  row(what: string, count: number) {
    const tookMs = nowMs() - this.#startedAt
    const { user, system } = process.cpuUsage(this.#usage)
    return {
      what,
      count,
      seconds: rounded(tookMs / 1000),
      'a second': Math.round(count / (tookMs / 1000)),
      'cpu µs each': rounded((user + system) / count),
    }
  }
}

const bareInserts = (folder: string, count: number) => {
  const database = new Database(join(folder, 'floor.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, data TEXT NOT NULL)')
  const insert = database.prepare('INSERT INTO events (data) VALUES (?)')
  const watch = new Stopwatch()
  for (let i = 0; i < count; i++) insert.run(`{"sources":["rtsp://127.0.0.1/${i}"]}`)
  const row = watch.row('floor: bare inserts into SQLite', count)
  database.close()
  return row
}

const change = (plane: ControlPlane, name: string, n: number) =>
  plane.execute({ type: 'SetStream', name, sources: [`rtsp://127.0.0.1/${n}`] }, { actor: 'bench' })

const commandsOneByOne = async (plane: ControlPlane, count: number) => {
  const watch = new Stopwatch()
  for (let i = 0; i < count; i++) await change(plane, 'changing', i)
  return watch.row('commands, one after another', count)
}

const commandsAtOnce = async (plane: ControlPlane, count: number) => {
  const watch = new Stopwatch()
  const eight = Array.from({ length: 8 }, async (_, client) => {
    for (let i = 0; i < count / 8; i++) await change(plane, `changing-${client}`, i)
  })
  await Promise.all(eight)
  return watch.row('commands, from 8 clients', count)
}

const fill = async (plane: ControlPlane, count: number) => {
  const watch = new Stopwatch()
  const before = plane.position
  for (let round = 0; plane.position - before < count; round++) {
    const streams = Array.from({ length: Math.min(BATCH_STREAMS, count) }, (_, i) => ({
      name: `camera-${i}`,
      sources: [`rtsp://127.0.0.1/${i}/${round}`],
    }))
    await plane.execute({ type: 'ImportStreams', streams }, { actor: 'bench' })
  }
  return watch.row(`events, ${BATCH_STREAMS} streams to a change set`, plane.position - before)
}

/** A longer history for the streams that are there: for what reading it costs, not for what writing it does. */
const lengthen = (folder: string, count: number) => {
  const database = openDatabase(databaseFile(join(folder, 'data')))
  const store = new EventStore(database, 'bench')
  const streams = listStreams(database).map(({ id }) => ({ id, version: store.load(id).length }))
  const context = { actor: 'bench', correlationId: 'bench', at: Date.now() }
  const appendOne = (n: number): void => {
    const stream = streams[n % streams.length]!
    const data = { sources: [`rtsp://127.0.0.1/${n}/longer`] }
    store.append(stream.id, stream.version++, [{ type: 'StreamSourcesChanged', data }], context)
  }
  const watch = new Stopwatch()
  for (let done = 0; done < count; done += BATCH_EVENTS)
    database.$client
      .transaction(() => {
        for (let n = done; n < Math.min(done + BATCH_EVENTS, count); n++) appendOne(n)
      })
      .immediate()
  const row = watch.row(`events, ${BATCH_EVENTS} to a transaction, not decided`, count)
  database.$client.close()
  return row
}

const reopen = async (folder: string, what: string, prepare: (database: Database.Database) => void) => {
  const rows = []
  for (let i = 0; i < STARTS; i++) {
    const database = new Database(join(folder, 'data/config.db'))
    prepare(database)
    database.close()
    const watch = new Stopwatch()
    const plane = await open(folder)
    rows.push(watch.row(what, 1))
    await plane[Symbol.asyncDispose]()
  }
  return rows.reduce((best, row) => (row.seconds < best.seconds ? row : best))
}

/** As after an update that reads the log differently. */
const forgetReadModels = (database: Database.Database): void => {
  database.exec('UPDATE projections SET version = version - 1')
}
