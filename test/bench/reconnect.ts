import { type Findings, nowMs, numberOption, type Options, pass, rounded } from './measure.ts'
import { preload } from './rtsp-ingest.ts'
import { startCamera, startOurServer, untilPlayed } from './servers.ts'

const MBITS = 2

/** All cameras lost at once, and back: how long until the last one plays again, and how hard they are dialed. */
export const run = async (options: Options): Promise<Findings> => {
  const cameras = numberOption(options, 'cameras', 64)
  const awayTimes = (options.get('away') ?? '0.5,3').split(',').map(Number)
  const rows: Record<string, string | number>[] = []
  for (const away of awayTimes) rows.push(await measure(cameras, away))
  return {
    rows,
    notes: [
      `${cameras} cameras of ${MBITS} Mbit/s, kept running by preload; all connections end in one moment, and nobody answers for the`,
      'time they are away. first, last: seconds from being back to the first and the last PLAY, seen at the camera.',
      'Floor: go2rtc’s schedule dials at once, then after 1, 5, 10 and 60 s; all dials of a moment come together there.',
      'next dial: when that schedule dials next after they are back. dials a second: the most in any second, at the camera.',
    ],
  }
}

const measure = async (cameras: number, away: number) => {
  const first = await startCamera(MBITS)
  const sources = Array.from({ length: cameras }, (_, at) => [
    `cam${at}`,
    `rtsp://127.0.0.1:${first.rtspPort}/cam?${at}`,
  ])
  await using server = await startOurServer(Object.fromEntries(sources))
  for (const [name = ''] of sources) await preload(server.httpPort, name)
  await untilPlayed(first, cameras)
  const lostAt = nowMs()
  await first[Symbol.asyncDispose]()
  await pass(Math.max(0, away * 1000 - (nowMs() - lostAt)))
  await using second = await startCamera(MBITS, first.rtspPort)
  const backAt = nowMs()
  const { played, connected } = await untilPlayed(second, cameras)
  const awaySeconds = (backAt - lostAt) / 1000
  return {
    cameras,
    'away s': rounded(awaySeconds),
    'next dial s': rounded((SCHEDULE_S.find(at => at >= awaySeconds) ?? Number.NaN) - awaySeconds),
    'first s': rounded((Math.min(...played) - backAt) / 1000),
    'last s': rounded((Math.max(...played) - backAt) / 1000),
    'dials a second': mostInASecond(connected),
    dials: connected.length,
  }
}

/** Seconds after the loss at which go2rtc's schedule dials. */
const SCHEDULE_S = [0, 1, 6, 16, 76]

const mostInASecond = (times: readonly number[]): number =>
  Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1000).length))
