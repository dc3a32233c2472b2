import WebSocket from 'ws'
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
    ],
    notes: [
      `Median and worst of ${runs}. From opening the connection to the last packet of the first picture (RTSP), or to the`,
      'first fragment after the initialization segment (WebSocket). The camera begins with a keyframe when it is asked to',
      'play: one that does not adds up to the time between two keyframes to all rows but the cached one.',
    ],
  }
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
  const { elapsedMs, socket } = await watch(port)
  socket.close()
  return elapsedMs
}

const whileAnotherWatches = async (port: number): Promise<number> => {
  const { socket } = await watch(port)
  // So that there is a group of pictures to catch up with.
  await pass(500)
  const elapsedMs = await firstPictureByMse(port)
  socket.close()
  return elapsedMs
}

const watch = (port: number): Promise<{ readonly elapsedMs: number; readonly socket: WebSocket }> =>
  new Promise((resolve, reject) => {
    const startedAt = nowMs()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/ws?src=cam`)
    let binaryCount = 0
    socket.once('error', reject)
    socket.once('open', () =>
      socket.send(JSON.stringify({ type: 'mse', value: 'avc1.640029,avc1.64002A,avc1.640033' })),
    )
    socket.on('message', (data, isBinary) => {
      if (isBinary) binaryCount++
      else if (String(data).includes('"error"')) reject(new Error(String(data)))
      if (binaryCount === 2) resolve({ elapsedMs: nowMs() - startedAt, socket })
    })
  })
