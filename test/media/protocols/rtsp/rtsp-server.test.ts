import { expect, test } from 'vitest'
import { RtspServer, type RtspServerParts } from '#media/protocols/rtsp/rtsp-server.ts'
import { HandFedStream } from '#test/helpers/hand-fed-stream.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'

const logger = new RecordingLogger()

const serverOf = (parts: Partial<RtspServerParts> = {}): RtspServer =>
  new RtspServer({
    listen: '127.0.0.1:0',
    username: '',
    password: '',
    defaultQuery: 'video&audio',
    packetBytesMax: 0,
    udp: false,
    clock: new HeldClock(),
    logger,
    watch: new HandFedStream().watch,
    placeFor: () => undefined,
    ...parts,
  })

test('says where it listens', async () => {
  using server = serverOf()
  expect(server.port).toBe(0)
  expect(await server.listen()).toBe(`127.0.0.1:${server.port}`)
})

test('says why it cannot listen', async () => {
  using first = serverOf()
  const listen = await first.listen()
  await expect(serverOf({ listen }).listen()).rejects.toMatchObject({ code: 'port_in_use' })
})

test('calls itself what it is told to in descriptions', async () => {
  using server = serverOf({ sessionName: 'Sightline' })
  await server.listen()
  using player = await RtspPlayer.connect(server.port)
  expect((await player.ask('DESCRIBE', 'rtsp://x/porch')).body).toContain('s=Sightline\r\n')
})

test('counts its players', async () => {
  using server = serverOf()
  await server.listen()
  using player = await RtspPlayer.connect(server.port)
  await player.ask('OPTIONS', '*')
  expect(server.connectionCount).toBe(1)
  await player.ask('TEARDOWN', '*')
  await player.closed
  expect(server.connectionCount).toBe(0)
})

test('refuses one player too many, and tells how many there were', async () => {
  const clock = new HeldClock()
  using server = serverOf({ connectionsMax: 1, clock })
  await server.listen()
  using player = await RtspPlayer.connect(server.port)
  await player.ask('OPTIONS', '*')
  using second = await RtspPlayer.connect(server.port)
  await second.closed
  await clock.advance(1000)
  expect(logger.of('warn').at(-1)).toContain('too many connections, refused {"count":1,"connectionsMax":1}')
  expect(await player.ask('OPTIONS', '*')).toMatchObject({ status: 200 })
})

test('lets players go that say nothing whole for a minute', async () => {
  const clock = new HeldClock()
  using server = serverOf({ clock })
  await server.listen()
  using silent = await RtspPlayer.connect(server.port)
  using alive = await RtspPlayer.connect(server.port)
  using slow = await RtspPlayer.connect(server.port)
  await Promise.all([silent.ask('OPTIONS', '*'), slow.ask('OPTIONS', '*')])
  for (let seconds = 0; seconds <= 65; seconds += 5) {
    slow.socket.write('O')
    await alive.ask('OPTIONS', '*')
    await clock.advance(5000)
  }
  await Promise.all([silent.closed, slow.closed])
  expect(await alive.ask('OPTIONS', '*')).toMatchObject({ status: 200 })
})

test('ends its players with itself', async () => {
  const clock = new HeldClock()
  const server = serverOf({ clock })
  await server.listen()
  using player = await RtspPlayer.connect(server.port)
  await player.play('rtsp://x/porch')
  server.close()
  server.close()
  await player.closed
  await expect(RtspPlayer.connect(server.port)).rejects.toThrow('ECONNREFUSED')
  await clock.advance(1000)
  expect(clock.timerCount).toBe(0)
})
