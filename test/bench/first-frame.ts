import {
  firstPictureByHls,
  firstPictureByHttp,
  holdsFragment,
  holdsJpeg,
  holdsTransportPicture,
  watchByMse,
} from './first-bytes.ts'
import { FirstFrames } from './first-frames-in-page.ts'
import { type Findings, median, nowMs, numberOption, type Options, pass, percentile, rounded } from './measure.ts'
import { playRtsp } from './rtsp-viewer.ts'
import { startCamera, startOurServer } from './servers.ts'

/** Time after the last viewer left by which a source has surely been closed. */
const SOURCE_LINGER_MS = 7000

/** From asking to the first picture: a plain player at the camera, and browsers at our server. */
export const run = async (options: Options): Promise<Findings> => {
  const runs = numberOption(options, 'runs', 5)
  const lingerMs = numberOption(options, 'linger', SOURCE_LINGER_MS)
  await using camera = await startCamera()
  const source = `rtsp://127.0.0.1:${camera.rtspPort}/cam`
  const [floor, cold, warm, cached]: [number[], number[], number[], number[]] = [[], [], [], []]
  for (let i = 0; i < runs; i++) {
    floor.push(await firstPictureByRtsp(camera.rtspPort))
    await using server = await startOurServer({ cam: source })
    cold.push(await firstPictureByMse(server.httpPort))
    await pass(lingerMs)
    warm.push(await firstPictureByMse(server.httpPort))
    cached.push(await whileAnotherWatches(server.httpPort))
  }
  const outputs = await everyOutput(source, runs)
  const row = (what: string, times: readonly number[]) => ({
    what,
    'median ms': rounded(median(times)),
    'worst ms': rounded(percentile(times, 100)),
  })
  return {
    rows: [
      row('floor: plain RTSP player at the camera', floor),
      row('cold: first viewer since the server started', cold),
      row('warm: camera known, dialed again', warm),
      row('cached: another viewer is watching', cached),
      ...[...outputs].map(([what, times]) => row(`running, ${what}`, times)),
    ],
    notes: [
      `Median and worst of ${runs}. From opening the connection to the last packet of the first picture (RTSP), or to the`,
      'first fragment after the initialization segment (WebSocket). The camera begins with a keyframe when it is asked to',
      'play: one that does not adds up to the time between two keyframes to all rows but the cached and running ones.',
      'Running: somebody watches already. To the last byte of the first picture; in Chromium: to its first frame on the page.',
      'RTSP players begin with the next keyframe, up to 2 s later here; the first player of HLS waits for the first segment, those after it share it.',
    ],
  }
}

/** Each output of a stream that somebody watches, by turns. */
const everyOutput = async (source: string, runs: number): Promise<ReadonlyMap<string, readonly number[]>> => {
  await using server = await startOurServer({ cam: source })
  await using browser = await FirstFrames.open(server.httpPort)
  const { socket } = await watchByMse(server.httpPort)
  const api = (path: string): string => `http://127.0.0.1:${server.httpPort}/api/${path}src=cam`
  const ways: Readonly<Record<string, () => Promise<number>>> = {
    RTSP: () => firstPictureByRtsp(server.rtspPort),
    MSE: () => firstPictureByMse(server.httpPort),
    'stream.mp4': () => firstPictureByHttp(api('stream.mp4?'), holdsFragment),
    'stream.ts': () => firstPictureByHttp(api('stream.ts?'), holdsTransportPicture),
    'HLS, fMP4': () => firstPictureByHls(api('stream.m3u8?mp4&'), holdsFragment),
    'HLS, MPEG-TS': () => firstPictureByHls(api('stream.m3u8?'), holdsTransportPicture),
    'frame.jpeg': () => firstPictureByHttp(api('frame.jpeg?'), holdsJpeg),
    'MSE in Chromium': () => browser.mse(),
    'WebRTC in Chromium': () => browser.webRtc(),
  }
  const found = new Map<string, number[]>()
  // So that there is a group of pictures to catch up with.
  await pass(500)
  for (let i = 0; i < runs; i++)
    for (const [what, ask] of Object.entries(ways)) found.set(what, [...(found.get(what) ?? []), await ask()])
  socket.close()
  return found
}

const firstPictureByRtsp = async (port: number): Promise<number> => {
  const startedAt = nowMs()
  const { promise, resolve } = Promise.withResolvers<number>()
  let keyframe = false
  using _viewer = await playRtsp(port, '/cam', (payload, marker) => {
    const type = payload[0]! & 0x1f
    if (type === 5 || (type === 28 && (payload[1]! & 0x1f) === 5)) keyframe = true
    if (keyframe && marker) resolve(nowMs() - startedAt)
  })
  return await promise
}

/** Opens `/api/ws` and asks for MSE; the time until the first fragment. */
const firstPictureByMse = async (port: number): Promise<number> => {
  const { elapsedMs, socket } = await watchByMse(port)
  socket.close()
  return elapsedMs
}

const whileAnotherWatches = async (port: number): Promise<number> => {
  const { socket } = await watchByMse(port)
  // So that there is a group of pictures to catch up with.
  await pass(500)
  const elapsedMs = await firstPictureByMse(port)
  socket.close()
  return elapsedMs
}
