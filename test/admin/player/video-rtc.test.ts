import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { VideoRTC } from '../../../apps/admin/src/player/video-rtc.ts'
import { installMediaSource, RecordingMediaSource } from './media-source.ts'
import { type StreamSocket, startStreamSocket, tell } from './stream-socket.ts'

class Player extends VideoRTC {
  readonly calls: string[] = []
  override onopen(): string[] {
    const ways = super.onopen()
    this.onmessage['test'] = ({ type }) => this.calls.push(`heard ${type}`)
    this.calls.push(`open ${ways}`)
    return ways
  }
  override onclose(): boolean {
    this.calls.push('close')
    return super.onclose()
  }
}
customElements.define('test-player', Player)

const avc = 'video/mp4; codecs="avc1.640029"'
let server: StreamSocket | undefined
let player: Player

/** A loaded machine may take its time. */
const eventually = (what: () => unknown) => expect.poll(what, { timeout: 10_000 })

beforeEach(() => {
  installMediaSource()
  RecordingMediaSource.supports = () => true
  player = new Player()
  player.mode = 'mse,mjpeg'
  player.RECONNECT_TIMEOUT = 20
})

afterEach(async () => {
  player.ondisconnect()
  player.remove()
  await server?.[Symbol.asyncDispose]()
  server = undefined
})

async function open(serve: (socket: WebSocket, request: { type: string; value: string }, path: string) => void) {
  server = await startStreamSocket(serve)
  document.body.append(player)
  player.src = 'api/ws?src=porch'
}

const plays = (): unknown => player.video?.dispatchEvent(new Event('playing'))

test('has the names that cards know, with go2rtc’s defaults', () => {
  const fresh = new Player()
  expect(fresh).toMatchObject({
    ...{ mode: 'webrtc,mse,hls,mjpeg', media: 'video,audio', background: false, DISCONNECT_TIMEOUT: 5000 },
    ...{ visibilityThreshold: 0, visibilityCheck: true, RECONNECT_TIMEOUT: 15_000, wsState: 3, pcState: 3 },
    ...{ video: null, ws: null, pc: null, mseCodecs: '', src: '' },
  })
  for (const name of [
    'oninit',
    'onconnect',
    'ondisconnect',
    'onopen',
    'onclose',
    'onmse',
    'onwebrtc',
    'onhls',
    'onmp4',
  ])
    expect(typeof Reflect.get(fresh, name)).toBe('function')
  expect(fresh.codecs(() => 'maybe')).toBe(fresh.CODECS.join(','))
})

test('asks for what the browser plays, waits for a keyframe, plays, and says so', async () => {
  const asked: string[] = []
  await open((socket, { type, value }, path) => {
    asked.push(`${path} ${type} ${value}`)
    tell(socket, 'mse', avc)
  })
  expect(player.playerStatus.state).toBe('connecting')
  await eventually(() => player.playerStatus.state).toBe('waiting')
  expect(asked).toEqual([`/api/ws?src=porch mse ${player.CODECS.join(',')}`])
  expect([player.mseCodecs, player.wsState]).toEqual([avc, 1])
  plays()
  expect(player.playerStatus).toEqual({ state: 'playing', way: 'mse' })
  expect(player.attempts).toEqual([{ way: 'mse', state: 'won', reason: '' }])
  expect(player.calls).toEqual(['open mse', 'heard mse'])
})

test('a codec that does not fit falls back to MJPEG, and says why', async () => {
  await open((socket, { type }) => {
    if (type === 'mse') tell(socket, 'error', 'mse: streams: codecs not matched: video:JPEG => video:H264')
    else tell(socket, 'mjpeg', '')
  })
  await eventually(() => player.playerStatus.state).toBe('waiting')
  expect(player.attempts).toEqual([
    { way: 'mse', state: 'failed', reason: 'no codec in common (stream: JPEG; browser: H264)' },
    { way: 'mjpeg', state: 'trying', reason: '' },
  ])
})

test('what fails for good is said, not tried over and over, and tried again when asked', async () => {
  let [fits, connections] = [false, 0]
  await open((socket, { type }) => {
    if (type === 'mse') connections++
    if (fits) tell(socket, 'mse', avc)
    else tell(socket, 'error', `${type}: streams: codecs not matched: video:H265 => video:H264`)
  })
  await eventually(() => player.playerStatus.state).toBe('failed')
  expect([connections, player.wsState]).toEqual([1, 3])
  fits = true
  player.retry()
  await eventually(() => player.playerStatus.state).toBe('waiting')
})

test('comes back by itself when the connection breaks, and keeps its last picture until then', async () => {
  let connections = 0
  await open(socket => {
    connections++
    if (connections === 1) socket.close()
    else tell(socket, 'mse', avc)
  })
  await eventually(() => player.playerStatus.state).toBe('waiting')
  expect([connections, player.calls.includes('close')]).toEqual([2, true])
})

test('leaves soon after it left the page, unless it plays in the background or comes back', async () => {
  await open(socket => tell(socket, 'mse', avc))
  await eventually(() => player.playerStatus.state).toBe('waiting')
  player.DISCONNECT_TIMEOUT = 30
  player.background = true
  player.remove()
  document.body.append(player)
  expect(player.ws).not.toBeNull()
  player.background = false
  player.remove()
  await eventually(() => player.playerStatus.state).toBe('idle')
  expect([player.ws, player.video?.hasAttribute('src')]).toEqual([null, false])
})

test('another source is another connection', async () => {
  const paths: string[] = []
  await open((socket, _request, path) => {
    paths.push(path)
    tell(socket, 'mse', avc)
  })
  await eventually(() => paths).toHaveLength(1)
  player.src = 'api/ws?src=garden'
  await eventually(() => paths).toEqual(['/api/ws?src=porch', '/api/ws?src=garden'])
})

test('a browser that can do nothing of what was asked for is told what to do', async () => {
  player.mode = 'webrtc,hls'
  await open(() => {})
  await eventually(() => player.playerStatus).toMatchObject({ state: 'failed', problem: { passing: false } })
  expect(player.attempts.map(({ reason }) => reason)).toEqual([
    'this browser has no WebRTC',
    'this browser does not play HLS by itself',
  ])
})

test('a browser that wants a tap before it plays says so', async () => {
  HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
  await open(() => {})
  player.play()
  await eventually(() => player.tapNeeded).toBe(true)
  expect(player.video?.muted).toBe(true)
})
