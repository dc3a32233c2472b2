import { buildSink, fanOut, type Serving } from './fan-out.ts'
import { FILM_MBITS } from './film.ts'
import { Child, type Findings, numberOption, type Options } from './measure.ts'
import { startCamera, startOurServer } from './servers.ts'

/** One camera to many browsers by MSE, beside as many RTSP viewers of the same server, by turns, the median of each. */
export const run = async (options: Options): Promise<Findings> => {
  const counts = (options.get('viewers') ?? '10,50,200').split(',').map(Number)
  const runs = numberOption(options, 'runs', 3)
  const seconds = numberOption(options, 'seconds', 6)
  using sink = buildSink()
  await using camera = await startCamera()
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  const ours = async (way: 'mse' | 'rtsp'): Promise<Serving> => {
    const server = await startOurServer({ cam: source })
    const [port, path, ...more] =
      way === 'mse' ? [server.httpPort, '/api/ws?src=cam', 'mse'] : [server.rtspPort, '/cam']
    return {
      pid: server.pid,
      viewers: count => new Child(sink.program, [String(port), String(path), String(count), ...more.map(String)]),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  return {
    rows: await fanOut({ servers: { mse: () => ours('mse'), rtsp: () => ours('rtsp') }, counts, runs, seconds }),
    notes: [
      `One camera, H264 1080p25 at ${FILM_MBITS} Mbit/s; MSE over /api/ws, RTSP over TCP; median of ${runs} runs of ${seconds} s.`,
      'cost: percent of a core per viewer and Mbit/s sent; CPU of the server process alone, user and system.',
      'least share: what the worst served viewer got of what the camera sent; below 0.9 the row does not count.',
    ],
  }
}
