import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEngine, type Engine, parseSourceUrl } from '#media'
import { GStreamerCamera, type GStreamerCameraOptions, h264AndAac } from '#test/helpers/gstreamer-camera.ts'
import { until } from '#test/helpers/until.ts'

// Who sends × how it comes here × codecs × who reads × how it leaves: each proven by frames that the reader decoded.

const run = promisify(execFile)
const PLAY_MS_MAX = 60_000
/** Decoded by each reader: pictures from one keyframe to the next and more, and what sound comes meanwhile in packets of 128 ms. */
const PICTURES = 30
const SOUNDS = 5

interface Sender {
  readonly name: string
  readonly sound: boolean
  /** Lets a stream called `cam` be fed. */
  readonly begin: (engine: Engine, address: string) => Promise<void>
}

let engine: Engine
let address: string
const children: ChildProcess[] = []
let cameras: GStreamerCamera[] = []

beforeEach(async () => {
  engine = createEngine({ rtsp: { listen: '127.0.0.1:0', udp: true } })
  address = (await engine.listen())[0]!.address
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill('SIGKILL')
    await gone
  }
  for (const camera of cameras) await camera.stop()
  cameras = []
  await engine[Symbol.asyncDispose]()
})

const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 !'
const h264 = `${picture} x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1`
const h265 = `${picture} x265enc speed-preset=ultrafast tune=zerolatency key-int-max=25 ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1`
const sound = (rate: number): string => `audiotestsrc is-live=true ! audio/x-raw,rate=${rate},channels=1 !`

const gstreamerCamera =
  (options: GStreamerCameraOptions, more = ''): Sender['begin'] =>
  async engine => {
    const camera = await GStreamerCamera.start(options)
    cameras.push(camera)
    const { username, password } = options
    const url = username === undefined ? camera.url : camera.url.replace('//', `//${username}:${password}@`)
    engine.setStream({ id: '1', name: 'cam', sources: [parseSourceUrl(`${url}${more}`)] })
  }

const publisher =
  (program: string, ...parameters: string[]): Sender['begin'] =>
  async (engine, address) => {
    engine.setStream({ id: '1', name: 'cam', sources: [] })
    const at = parameters.map(one => one.replace('{address}', address))
    children.push(spawn(program, at, { stdio: ['ignore', 'ignore', 'inherit'] }))
    await until('it publishes', () => engine.streamByName('cam')?.sources[0]?.state === 'live')
  }

const film = ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-f', 'lavfi', '-i', 'sine']
const toRtsp = (lower: string): string[] => ['-f', 'rtsp', '-rtsp_transport', lower, 'rtsp://{address}/cam']
const x264 = '-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -pix_fmt yuv420p'.split(' ')

const senders: readonly Sender[] = [
  {
    name: 'GStreamer’s server over TCP, H264 and AAC',
    sound: true,
    begin: gstreamerCamera({ launch: h264AndAac, lower: 'tcp' }),
  },
  {
    name: 'GStreamer’s server over UDP, H264 and PCMA',
    sound: true,
    begin: gstreamerCamera(
      { launch: `( ${h264} ${sound(8000)} alawenc ! rtppcmapay name=pay1 pt=8 )`, lower: 'udp' },
      '#transport=udp',
    ),
  },
  {
    name: 'GStreamer’s server over UDP, H265 and Opus',
    sound: true,
    begin: gstreamerCamera(
      { launch: `( ${h265} ${sound(48_000)} opusenc ! rtpopuspay name=pay1 pt=97 )`, lower: 'udp' },
      '#transport=udp',
    ),
  },
  {
    name: 'GStreamer’s server with Digest over TCP, JPEG and PCMU',
    sound: true,
    begin: gstreamerCamera({
      launch: `( ${picture} jpegenc ! rtpjpegpay name=pay0 pt=26 ${sound(8000)} mulawenc ! rtppcmupay name=pay1 pt=0 )`,
      ...{ lower: 'tcp', username: 'viewer', password: 'secret' },
    }),
  },
  {
    name: 'ffmpeg publishing over TCP, H264 and AAC',
    sound: true,
    begin: publisher('ffmpeg', ...film, ...x264, '-c:a', 'aac', ...toRtsp('tcp')),
  },
  {
    name: 'ffmpeg publishing over TCP, VP8 and Opus',
    sound: true,
    begin: publisher(
      'ffmpeg',
      ...[...film, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-pix_fmt', 'yuv420p'],
      ...['-c:a', 'libopus', '-ar', '48000', ...toRtsp('tcp')],
    ),
  },
  {
    name: 'GStreamer publishing over TCP, H264',
    sound: false,
    begin: publisher(
      ...(['gst-launch-1.0', '-q', ...picture.split(' '), 'x264enc', 'tune=zerolatency', 'key-int-max=25'] as const),
      ...['!', 'rtspclientsink', 'protocols=tcp', 'location=rtsp://{address}/cam'],
    ),
  },
]

/** Pictures and sounds that ffmpeg decoded. */
const byFfmpeg = async (lower: string, hasSound: boolean): Promise<readonly [number, number]> => {
  const input = ['-v', 'error', '-rtsp_transport', lower, '-i', `rtsp://${address}/cam`]
  const sounds = hasSound ? ['-map', '0:a:0', '-frames:a', String(SOUNDS)] : []
  const output = ['-map', '0:v:0', '-frames:v', String(PICTURES), ...sounds, '-f', 'framecrc', '-']
  const { stdout } = await run('ffmpeg', [...input, ...output], { timeout: PLAY_MS_MAX })
  const count = (track: number): number => stdout.split('\n').filter(line => line.startsWith(`${track},`)).length
  return [count(0), hasSound ? count(1) : SOUNDS]
}

/** Pictures and sounds that GStreamer decoded. It is ended from here: a sink that has had enough would end the other as well. */
const byGstreamer = async (lower: string, hasSound: boolean): Promise<readonly [number, number]> => {
  const sink = (kind: string): string[] =>
    `s. ! application/x-rtp,media=${kind} ! decodebin ! fakesink name=${kind} silent=false`.split(' ')
  const sinks = [...sink('video'), ...(hasSound ? sink('audio') : [])]
  const source = ['rtspsrc', 'name=s', `location=rtsp://${address}/cam`, 'latency=100', `protocols=${lower}`]
  const child = spawn('gst-launch-1.0', ['-v', ...source, ...sinks], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const counts = { video: 0, audio: hasSound ? 0 : SOUNDS }
  createInterface({ input: child.stdout }).on('line', line => {
    const [, kind] = /chain .*\((video|audio):sink\)/.exec(line) ?? []
    if (kind === 'video' || kind === 'audio') counts[kind]++
  })
  const enough = (): boolean => counts.video >= PICTURES && counts.audio >= SOUNDS
  await until(`GStreamer’s frames over ${lower}`, enough, PLAY_MS_MAX)
  child.kill('SIGKILL')
  return [counts.video, counts.audio]
}

const readers = {
  'ffmpeg over TCP': (sound: boolean) => byFfmpeg('tcp', sound),
  'ffmpeg over UDP': (sound: boolean) => byFfmpeg('udp', sound),
  'GStreamer over TCP': (sound: boolean) => byGstreamer('tcp', sound),
  'GStreamer over UDP': (sound: boolean) => byGstreamer('udp', sound),
}

test.each(senders)(
  '$name: decoded by all readers, over TCP and UDP',
  { timeout: 120_000 },
  async ({ begin, sound }) => {
    await begin(engine, address)
    const decoded = await Promise.all(
      Object.entries(readers).map(async ([reader, read]) => [reader, ...(await read(sound))] as const),
    )
    const least = decoded.map(([reader, pictures, sounds]) => [reader, pictures >= PICTURES, sounds >= SOUNDS])
    expect(least, JSON.stringify(decoded)).toEqual(Object.keys(readers).map(reader => [reader, true, true]))
    expect(engine.streamByName('cam')!.sources).toHaveLength(1)
  },
)
