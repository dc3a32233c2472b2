import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fanOut, type Serving } from './fan-out.ts'
import { FILM_MBITS } from './film.ts'
import { Child, type Findings, numberOption, type Options } from './measure.ts'
import { startCamera, startOurServer } from './servers.ts'

/** Of two seconds, as the camera's groups of pictures. */
const SEGMENT_BYTES = (FILM_MBITS * 1e6 * 2) / 8

const players = (url: string, count: number, mode: string): Child =>
  new Child(process.execPath, [join(import.meta.dirname, 'hls-viewers.ts'), url, String(count), mode])

/** One camera to many players of HLS, beside the same server framework that serves files of the same size. */
export const run = async (options: Options): Promise<Findings> => {
  const counts = (options.get('viewers') ?? '50,200').split(',').map(Number)
  const runs = numberOption(options, 'runs', 3)
  const seconds = numberOption(options, 'seconds', 10)
  await using camera = await startCamera()
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  const ours = async (query: string, mode: string): Promise<Serving> => {
    const server = await startOurServer({ cam: source })
    const url = `http://127.0.0.1:${server.httpPort}/api/stream.m3u8?src=cam${query}`
    return {
      pid: server.pid,
      viewers: count => players(url, count, mode),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  const servers = {
    'segments, MPEG-TS': () => ours('', 'segments'),
    'segments, fMP4': () => ours('&mp4', 'segments'),
    'parts, fMP4': () => ours('&mp4', 'parts'),
    'floor: static files': files,
  }
  return {
    rows: await fanOut({ servers, counts, runs, seconds }),
    notes: [
      `One camera, H264 1080p25 at ${FILM_MBITS} Mbit/s, a keyframe each 2 s; median of ${runs} runs of ${seconds} s.`,
      'cost: percent of a core per viewer and Mbit/s sent; CPU of the server process alone, user and system.',
      'The floor is Fastify with its plugin for files, and the same players: a playlist and a file of 1 MB each 2 s. It has no camera to read and nothing to make.',
      'least share: what the worst served viewer got of what the camera sent; below 0.9 the row does not count.',
    ],
  }
}

const files = async (): Promise<Serving> => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-static-'))
  writeFileSync(join(folder, 'segment.ts'), Buffer.alloc(SEGMENT_BYTES, 0x47))
  const server = new Child(process.execPath, [join(import.meta.dirname, 'static-segments.ts'), folder])
  const [, port] = await server.line(/^READY (\d+)/)
  return {
    pid: server.pid,
    viewers: count => players(`http://127.0.0.1:${port}/stream.m3u8`, count, 'segments'),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
