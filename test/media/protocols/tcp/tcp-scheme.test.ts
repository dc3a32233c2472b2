import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { parseTcpSource, tcpScheme } from '#media/protocols/tcp/tcp-scheme.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { connectedTo, freePort } from '#test/helpers/free-port.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureBytes } from '#test/helpers/hls-folder.ts'
import { until } from '#test/helpers/until.ts'
import { WatchedProducer } from '#test/helpers/watched-producer.ts'

const scheme = tcpScheme()
const dial = (source: string, context = dialContext()) => scheme.dial(parseSourceUrl(source), context)

/** Listens, and does with each connection what a test says. */
const listen = async (onSocket: (socket: Socket) => void) => {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}))
    onSocket(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `tcp://127.0.0.1:${port}`, sockets, [Symbol.dispose]: close }
}

describe('a tcp source', () => {
  test.each([
    ['tcp://camera:9000', { host: 'camera', port: 9000 }],
    ['TCP://192.168.1.5:1/', { host: '192.168.1.5', port: 1 }],
    ['tcp://[fd00::5]:9000#x=y', { host: 'fd00::5', port: 9000 }],
  ])('%s', (source, target) => {
    expect(parseTcpSource(parseSourceUrl(source))).toEqual(target)
    expect(scheme.check(parseSourceUrl(source), 'configuration')).toBeUndefined()
  })

  test.each([
    'tcp://camera',
    'tcp://:9000',
    'tcp://camera:0',
    'tcp://camera:65536',
    'tcp://user@camera:1',
    'tcp://camera:1/x',
  ])('is refused: %s', source => {
    expect(() => scheme.check(parseSourceUrl(source), 'configuration')).toThrow(SourceNotSupportedError)
  })

  test('plays what comes, until it ends', async () => {
    const film = fixtureBytes('h264-b-frames-aac.mpegts')
    using server = await listen(socket => socket.end(film))
    const producer = await dial(server.url)
    expect(producer.info).toMatchObject({ formatName: 'mpegts', protocol: 'tcp', remoteAddress: server.url.slice(6) })
    using watched = await WatchedProducer.start(producer)
    expect(await watched.end()).toMatchObject({ code: 'closed_by_peer' })
    expect(watched.units.video).toHaveLength(20)
    expect(producer.info.bytesReceived).toBe(film.length)
  })

  test('hangs up when it is closed', async () => {
    using server = await listen(socket => socket.write(fixtureBytes('h264-b-frames.h264')))
    const producer = await dial(server.url)
    producer.close()
    await until('the connection to end', () => server.sockets[0]!.destroyed || server.sockets[0]!.readableEnded)
  })

  test('is refused when nothing comes for too long, or nothing that is known', async () => {
    using silent = await listen(() => {})
    const clock = new HeldClock()
    const refused = expect(dial(silent.url, dialContext({ clock }))).rejects.toMatchObject({ code: 'silent' })
    await until('a connection', () => silent.sockets.length === 1)
    await clock.advance(16_000)
    await refused
    using other = await listen(socket => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    await expect(dial(other.url)).rejects.toMatchObject({ message: 'magic: unsupported header: 5353482d' })
  })
})

test('GStreamer that serves MPEG-TS by TCP is played', { timeout: 60_000 }, async () => {
  const port = await freePort()
  const launch =
    'videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! x264enc threads=1 tune=zerolatency ' +
    'speed-preset=ultrafast key-int-max=25 ! h264parse ! mux. audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=1 ' +
    `! avenc_aac ! mux. mpegtsmux name=mux ! tcpserversink host=127.0.0.1 port=${port}`
  const gstreamer = spawn('gst-launch-1.0', ['-q', ...launch.split(' ')], { stdio: 'ignore' })
  try {
    const producer = await connectedTo('GStreamer', () => dial(`tcp://127.0.0.1:${port}`))
    using watched = await WatchedProducer.start(producer)
    const pictures = await watched.pictures(50)
    expect(watched.codecs.toSorted()).toEqual(['H264', 'MPEG4-GENERIC'])
    expect(pictures.some(unit => unit.keyframe)).toBe(true)
    await until('sound', () => watched.units.audio.length > 10)
    // Both are on one timeline.
    const [picture, sound] = [
      watched.units.video.at(-1)!.decodingTime / 90_000,
      watched.units.audio.at(-1)!.decodingTime / 48_000,
    ]
    expect(Math.abs(picture - sound)).toBeLessThan(3)
  } finally {
    gstreamer.kill('SIGKILL')
    await once(gstreamer, 'exit')
  }
})
