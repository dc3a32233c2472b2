import { buildSink, fanOut, type Serving } from './fan-out.ts'
import { FILM_MBITS } from './film.ts'
import { Child, type Findings, numberOption, type Options } from './measure.ts'
import { type Running, startCamera, startGstreamer, startOurServer } from './servers.ts'

/** One camera to many RTSP viewers over TCP: ours and GStreamer's, by turns, the median of each. */
export const run = async (options: Options): Promise<Findings> => {
  const counts = (options.get('viewers') ?? '10,50,200').split(',').map(Number)
  const runs = numberOption(options, 'runs', 3)
  const seconds = numberOption(options, 'seconds', 6)
  using sink = buildSink()
  await using camera = await startCamera()
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  const byRtsp = (server: Running): Serving => ({
    pid: server.pid,
    viewers: count => new Child(sink.program, [String(server.rtspPort), '/cam', String(count)]),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  })
  const servers = {
    sightline: async () => byRtsp(await startOurServer({ cam: source })),
    gstreamer: async () => byRtsp(await startGstreamer(camera.rtspPort)),
  }
  return {
    rows: await fanOut({ servers, counts, runs, seconds }),
    notes: [
      `One camera, H264 1080p25 at ${FILM_MBITS} Mbit/s, RTSP over TCP in and out; median of ${runs} runs of ${seconds} s.`,
      'cost: percent of a core per viewer and Mbit/s sent; CPU of the server process alone, user and system.',
      'least share: what the worst served viewer got of what the camera sent; below 0.9 the row does not count.',
    ],
  }
}
