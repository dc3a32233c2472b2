import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FILM_MBITS, film } from './film.ts'
import { Child, freePort, nowMs, pass } from './measure.ts'

/** Folder of the benchmarks. */
const here = import.meta.dirname

/** How `npm start` runs Node. */
const NODE_FLAGS = ['--max-semi-space-size=16']

/** The bundle, as `npm start` runs it. */
const BUNDLE = join(here, '../../apps/server/dist/main.js')

/** A running program with what is needed to reach it. */
export interface Running extends AsyncDisposable {
  readonly pid: number
  readonly rtspPort: number
}

/** Our server, with its addresses. */
export interface OurServer extends Running {
  readonly httpPort: number
  /** On UDP and TCP. */
  readonly webRtcPort: number
}

/** A camera, and as many as there are paths to ask it for. */
export interface Camera extends Running {
  /** When it was asked, `nowMs`, and for what, since the last question. */
  requests(): Promise<{ readonly connected: readonly number[]; readonly played: readonly number[] }>
}

/** The camera that every benchmark watches. `rtspPort`: where one was before. */
export const startCamera = async (mbits = FILM_MBITS, rtspPort?: number): Promise<Camera> => {
  const port = rtspPort ?? (await freePort())
  const child = new Child(process.execPath, [join(here, 'camera.ts'), String(port), film(mbits)])
  await child.line(/READY/)
  return {
    pid: child.pid,
    rtspPort: port,
    requests: async () => {
      child.tell('when')
      const [, text = ''] = await child.line(/^ASKED (.*)/)
      return JSON.parse(text)
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

/** Time until every camera plays: twice the longest pause between two dials. */
const PLAYED_MS_MAX = 120_000

/** Waits until the camera was asked to play so often; what it was asked, and when. */
export const untilPlayed = async (camera: Camera, count: number) => {
  const [played, connected]: [number[], number[]] = [[], []]
  const until = nowMs() + PLAYED_MS_MAX
  while (played.length < count) {
    if (nowMs() > until) throw new Error(`${played.length} of ${count} cameras play after ${PLAYED_MS_MAX / 1000} s`)
    await pass(50)
    const asked = await camera.requests()
    played.push(...asked.played)
    connected.push(...asked.connected)
  }
  return { played, connected }
}

/** Our server with these streams and no linked file; its data lives as long as it does. `moreFlags` are Node's. */
export const startOurServer = async (
  streams: Readonly<Record<string, string>>,
  moreFlags: readonly string[] = [],
): Promise<OurServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'))
  const [httpPort, rtspPort, webRtcPort] = [await freePort(), await freePort(), await freePort()]
  const config = {
    api: { listen: `127.0.0.1:${httpPort}` },
    rtsp: { listen: `127.0.0.1:${rtspPort}` },
    webrtc: { listen: `127.0.0.1:${webRtcPort}` },
  }
  // JSON is YAML. No file is linked, so that no command waits for one to be written.
  const child = new Child(
    process.execPath,
    [...NODE_FLAGS, ...moreFlags, BUNDLE, '-c', JSON.stringify(config), '--data', folder],
    {
      cwd: folder,
    },
  )
  await child.line(/\[api\] listen/)
  for (const [name, source] of Object.entries(streams)) {
    const query = new URLSearchParams({ name, src: source })
    const answer = await fetch(`http://127.0.0.1:${httpPort}/api/streams?${query}`, { method: 'PUT' })
    if (!answer.ok) throw new Error(`PUT ${name}: ${answer.status}`)
  }
  return {
    pid: child.pid,
    httpPort,
    rtspPort,
    webRtcPort,
    [Symbol.asyncDispose]: async () => {
      await child[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** GStreamer's RTSP server, handing on a camera as `/cam`. */
export const startGstreamer = async (cameraPort: number): Promise<Running> => {
  const rtspPort = await freePort()
  const parameters = [join(here, 'gstreamer-peer.py'), String(rtspPort), `rtsp://127.0.0.1:${cameraPort}/cam`]
  const child = new Child('/usr/bin/python3', parameters)
  await child.line(/READY/)
  return { pid: child.pid, rtspPort, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}

/** Peer connections of werift, each sent made-up pictures by its own sender, or nothing; offers are posted to `httpPort`. */
export const startWerift = async (
  way: 'sending' | 'quiet' = 'sending',
): Promise<{ readonly pid: number; readonly httpPort: number } & AsyncDisposable> => {
  const child = new Child(process.execPath, [join(here, 'werift-peer.ts'), way])
  const [, port] = await child.line(/^READY (\d+)/)
  return { pid: child.pid, httpPort: Number(port), [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}
