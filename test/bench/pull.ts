import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { GStreamerCamera } from '../helpers/gstreamer-camera.ts'
import { cpuSeconds, type Findings, nowMs, numberOption, type Options, pass, residentMiB, rounded } from './measure.ts'
import { startCamera, startOurServer } from './servers.ts'

/** Streams whose camera has sound as well: one program plays each. */
const SOUND_COUNT = 2
const SETTLE_MS = 3000
/** What ffmpeg says of any camera's first picture, ours or not: its reader has no time for it and writes 0. */
const USUAL = /Timestamps are unset in a packet for stream 0/

/**
 * Pulls many streams for minutes with ffmpeg's `-c copy`, as recorders do, and counts what it complains of and
 * where time jumps. The floor is none of either.
 */
export const run = async (options: Options): Promise<Findings> => {
  const streamCount = numberOption(options, 'streams', 30)
  const minutes = numberOption(options, 'minutes', 10)
  await using camera = await startCamera()
  await using sound = await GStreamerCamera.start()
  const names = Array.from({ length: streamCount }, (_, at) => `cam${at}`)
  const sourceOf = (at: number): string =>
    at < SOUND_COUNT ? sound.url : `rtsp://127.0.0.1:${camera.rtspPort}/cam?${at}`
  await using server = await startOurServer(Object.fromEntries(names.map((name, at) => [name, sourceOf(at)])))
  const pulls = names.map(name => new Pull(`rtsp://127.0.0.1:${server.rtspPort}/${name}`))
  await pass(SETTLE_MS)
  const [cpuBefore, before, memoryBefore] = [cpuSeconds(server.pid), nowMs(), residentMiB(server.pid)]
  await pass(minutes * 60_000)
  const elapsed = (nowMs() - before) / 1000
  const cpuPercent = ((cpuSeconds(server.pid) - cpuBefore) / elapsed) * 100
  const memoryAfter = residentMiB(server.pid)
  const dropped = await droppedCount(server.httpPort)
  for (const pull of pulls) await pull.stop()
  const sum = (of: (pull: Pull) => number): number => pulls.reduce((total, pull) => total + of(pull), 0)
  const complaints = pulls.flatMap(pull => pull.complaints)
  return {
    rows: [
      {
        streams: streamCount,
        minutes,
        packets: sum(pull => pull.packetCount),
        complaints: complaints.length,
        dropped,
        gaps: sum(pull => pull.gapCount),
        backwards: sum(pull => pull.backCount),
        worstGapMs: rounded(Math.max(...pulls.map(pull => pull.worstGapMs))),
        endedEarly: pulls.filter(pull => pull.endedEarly).length,
        cpuPercent: rounded(cpuPercent),
        memoryBeforeMiB: rounded(memoryBefore),
        memoryAfterMiB: rounded(memoryAfter),
      },
    ],
    notes: [
      `${streamCount - SOUND_COUNT} streams of 4 Mbit/s 1080p25, ${SOUND_COUNT} of H264 and AAC; one ffmpeg -c copy each.`,
      'Floor: no complaints, no gaps. A gap: more than two pictures, or 200 ms of sound, without a packet in media time.',
      'dropped: what the server left out for readers that were too slow; a gap without any is the camera’s.',
      ...pulls.flatMap(({ gaps }, at) => gaps.map(gap => `cam${at}: ${gap}`)).slice(0, 10),
      ...complaints.slice(0, 10),
    ],
  }
}

/** Units that the server did not send to slow readers, as it tells. */
const droppedCount = async (httpPort: number): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/api/streams`)
  const streams = (await answer.json()) as Record<string, { consumers: { senders?: { drops?: number }[] }[] | null }>
  const senders = Object.values(streams).flatMap(({ consumers }) => (consumers ?? []).flatMap(one => one.senders ?? []))
  return senders.reduce((sum, { drops = 0 }) => sum + drops, 0)
}

/** Media time may stand still for so long between two packets of a track: two pictures at 25 a second; sound comes in packets of 64 ms. */
const GAP_MS_MAX = [90, 200] as const

/** One ffmpeg that copies a stream and tells each packet's time. */
class Pull {
  readonly complaints: string[] = []
  readonly gaps: string[] = []
  packetCount = 0
  gapCount = 0
  backCount = 0
  worstGapMs = 0
  endedEarly = false
  readonly #child: ChildProcess
  readonly #last = new Map<number, number>()
  readonly #timeBase = new Map<number, number>()
  #pictureSeen = false
  #stopping = false

  constructor(url: string) {
    const input = ['-hide_banner', '-nostats', '-v', 'warning', '-rtsp_transport', 'tcp', '-i', url]
    this.#child = spawn('ffmpeg', [...input, '-c', 'copy', '-f', 'framecrc', '-'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    createInterface({ input: this.#child.stdout! }).on('line', line => this.#read(line))
    createInterface({ input: this.#child.stderr! }).on('line', line => {
      if (!this.#stopping && !USUAL.test(line)) this.complaints.push(line)
    })
    this.#child.once('exit', () => {
      this.endedEarly = !this.#stopping
    })
  }

  async stop(): Promise<void> {
    if (this.endedEarly) return
    this.#stopping = true
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }

  /** `#tb 0: 1/90000`, and `0, dts, pts, duration, size, checksum`. */
  #read(line: string): void {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line)
    if (base) this.#timeBase.set(Number(base[1]), (Number(base[2]) * 1000) / Number(base[3]))
    const packet = /^(\d+), *(-?\d+),/.exec(line)
    if (!packet) return
    const track = Number(packet[1])
    const time = Number(packet[2]) * (this.#timeBase.get(track) ?? 1)
    const last = this.#last.get(track)
    this.packetCount++
    // The time of a first picture is made up: where sound came before it, it would look like a gap.
    const isFirstPicture = track === 0 && !this.#pictureSeen
    if (track === 0) this.#pictureSeen = true
    if (isFirstPicture) return
    this.#last.set(track, time)
    if (last === undefined) return
    const gap = time - last
    if (gap < 0) this.backCount++
    if (gap > (GAP_MS_MAX[track] ?? 200)) {
      this.gapCount++
      if (this.gaps.length < 10)
        this.gaps.push(`${rounded(gap)} ms without track ${track} at ${rounded(time / 1000)} s`)
    }
    this.worstGapMs = Math.max(this.worstGapMs, gap)
  }
}
