import { afterAll, beforeAll, expect, test } from 'vitest'
import { Firefox } from '#test/helpers/firefox.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let camera: GStreamerCamera
let server: TestServer
let firefox: Firefox

beforeAll(async () => {
  camera = await GStreamerCamera.start()
  server = await startTestServer({ yaml: `streams:\n  porch: ${camera.url}\n` })
  firefox = await Firefox.open(`${server.url}/api`)
}, 120_000)

afterAll(async () => {
  await firefox?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await camera?.stop()
})

/** What the page keeps from one question to the next. */
interface Kept {
  video: HTMLVideoElement
  ear: RTCPeerConnection
  socket: WebSocket
  mime: string
}

/** Where there is no loudspeaker, what the video says is heard only by a connection of the page to itself. */
const listen = (): Promise<void> =>
  firefox.evaluate(() => {
    const video = Object.assign(document.createElement('video'), { autoplay: true })
    document.body.append(video)
    const [mouth, ear] = [new RTCPeerConnection(), new RTCPeerConnection()]
    mouth.addEventListener('icecandidate', ({ candidate }) => candidate && ear.addIceCandidate(candidate))
    ear.addEventListener('icecandidate', ({ candidate }) => candidate && mouth.addIceCandidate(candidate))
    mouth.addEventListener('negotiationneeded', async () => {
      await mouth.setLocalDescription()
      await ear.setRemoteDescription(mouth.localDescription!)
      await ear.setLocalDescription()
      await mouth.setRemoteDescription(ear.localDescription!)
    })
    const talk = (): void => {
      const stream = (video as unknown as { mozCaptureStream(): MediaStream }).mozCaptureStream()
      for (const track of stream.getAudioTracks()) mouth.addTrack(track, stream)
      stream.addEventListener('addtrack', ({ track }) => track.kind === 'audio' && mouth.addTrack(track, stream))
    }
    video.addEventListener('playing', talk, { once: true })
    Object.assign(globalThis, { video, ear })
  })

/** Asks for the stream on `/api/ws`, and appends what comes. */
const play = (): Promise<void> =>
  firefox.evaluate(() => {
    const kept = globalThis as unknown as Kept
    const codecs = ['avc1.640029', 'avc1.64002A', 'avc1.640033', 'mp4a.40.2', 'mp4a.40.5', 'flac', 'opus']
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws?src=porch`)
    socket.binaryType = 'arraybuffer'
    kept.socket = socket
    socket.addEventListener('open', () => {
      const value = codecs.filter(codec => MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`)).join()
      socket.send(JSON.stringify({ type: 'mse', value }))
    })
    const queue: ArrayBuffer[] = []
    let buffer: SourceBuffer | undefined
    const pump = (): void => {
      const next = buffer === undefined || buffer.updating ? undefined : queue.shift()
      if (next !== undefined) buffer?.appendBuffer(next)
    }
    const begin = (mime: string): void => {
      const media = new MediaSource()
      media.addEventListener('sourceopen', () => {
        buffer = media.addSourceBuffer(mime)
        buffer.addEventListener('updateend', pump)
        pump()
      })
      Object.assign(kept, { mime })
      kept.video.src = URL.createObjectURL(media)
    }
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') begin(JSON.parse(data).value)
      else queue.push(data)
      pump()
    })
  })

/** What has been played so far. */
const played = () =>
  firefox.evaluate(async () => {
    const { video, ear, mime } = globalThis as unknown as Kept
    const [width, frames] = [video.videoWidth, video.getVideoPlaybackQuality().totalVideoFrames]
    let loudness = 0
    for (const one of (await ear.getStats()).values())
      if (one.type === 'inbound-rtp' && one.kind === 'audio') loudness = one.totalAudioEnergy ?? 0
    return { mime: mime ?? '', width, frames, loudness, time: video.currentTime, problem: video.error?.message ?? '' }
  })

test('Firefox plays pictures (H.264) and sound (AAC) by MSE', { timeout: 60_000 }, async () => {
  await listen()
  await play()
  await expect.poll(async () => (await played()).frames, { timeout: 30_000 }).toBeGreaterThan(0)
  const before = await played()
  expect(before.mime).toMatch(/^video\/mp4; codecs="avc1\.[0-9A-F]{6},mp4a\.40\.2"$/)
  const goesOn = async (): Promise<boolean> => {
    const { frames, loudness, time } = await played()
    return frames > before.frames + 40 && loudness > 0.01 && time > before.time + 1
  }
  await expect.poll(goesOn, { timeout: 20_000 }).toBe(true)
  expect(await played()).toMatchObject({ width: 320, problem: '' })
  await firefox.evaluate(() => (globalThis as unknown as Kept).socket.close())
})
