import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBoxes } from '#media/formats/mp4/box-reader.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { openWebSocket, type WebSocketViewer } from '#test/helpers/web-socket-viewer.ts'

const GROUP_LENGTH = 10
/** Noise at 20 Mbit/s and more, so that a viewer who takes nothing is behind at once; a keyframe each half second. */
const noise =
  '( videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=1280,height=720,framerate=20/1 ' +
  `! x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=${GROUP_LENGTH} bitrate=24000 ! h264parse ` +
  '! rtph264pay name=pay0 pt=96 config-interval=-1 )'

let camera: GStreamerCamera
let server: TestServer
beforeAll(async () => {
  camera = await GStreamerCamera.start({ launch: noise })
  server = await startTestServer({ yaml: `streams:\n  camera: "${camera.url}"\n` })
}, 60_000)
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await camera?.stop()
})

interface Fragment {
  readonly decodeTime: number
  readonly duration: number
  readonly keyframe: boolean
}

/** What the next message says of its one picture: tfdt and trun as they are written here (ISO/IEC 14496-12 §8.8). */
const nextFragment = async (viewer: WebSocketViewer): Promise<Fragment> => {
  const message = await viewer.next('a fragment')
  if (!('bytes' in message)) throw new Error('words in place of media')
  const moof = readBoxes(message.bytes).find(({ type }) => type === 'moof')!
  const traf = readBoxes(moof.content).find(({ type }) => type === 'traf')!
  const [tfdt, trun] = ['tfdt', 'trun'].map(name => readBoxes(traf.content).find(({ type }) => type === name)!.content)
  return {
    decodeTime: Number(tfdt!.readBigUInt64BE(4)),
    duration: trun!.readUInt32BE(12),
    keyframe: trun!.readUInt32BE(20) === 0x02000000,
  }
}

const droppedCount = async (): Promise<number> => {
  type Streams = Record<string, { consumers: { senders?: { drops?: number }[] }[] | null }>
  const { camera: stream } = (await (await server.request('/api/streams')).json()) as Streams
  return stream?.consumers?.[0]?.senders?.[0]?.drops ?? 0
}

test('a browser that stops to read for a while goes on with a keyframe, and its time has no hole', async () => {
  await using viewer = await openWebSocket(`${server.url}/api/ws?src=camera`)
  viewer.send({ type: 'mse', value: 'avc1.640029' })
  await viewer.next('the type')
  await viewer.next('the initialization')
  let before = await nextFragment(viewer)
  viewer.socket.pause()
  await expect.poll(droppedCount, { timeout: 30_000 }).toBeGreaterThan(10)
  const memory = process.memoryUsage.rss()
  const dropped = await droppedCount()
  await expect.poll(droppedCount, { timeout: 30_000 }).toBeGreaterThan(dropped + 20)
  // Twenty pictures of 150 kB that were queued would be seen.
  expect(process.memoryUsage.rss() - memory).toBeLessThan(256 * 1024 * 1024)
  viewer.socket.resume()
  const all = [before]
  let keyframesAfter = 0
  const held = await droppedCount()
  while (all.length < 1000 && (keyframesAfter < 3 || all.length < 60)) {
    const next = await nextFragment(viewer)
    // Each begins where the one before ended.
    expect(next.decodeTime).toBe(before.decodeTime + before.duration)
    if (next.keyframe) keyframesAfter++
    all.push(next)
    before = next
  }
  // A group of pictures that was gone on with in its middle would be longer.
  const begins = all.flatMap(({ keyframe }, index) => (keyframe ? [index] : []))
  const groups = begins.slice(1).map((at, index) => at - begins[index]!)
  expect(Math.max(...groups)).toBeLessThanOrEqual(GROUP_LENGTH)
  expect(held).toBeGreaterThan(20)
  expect(await droppedCount()).toBeGreaterThanOrEqual(held)
}, 120_000)
