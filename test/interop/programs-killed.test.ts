import { expect, test } from 'vitest'
import { createEngine } from '#media'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { isRunning, runningWithin } from '#test/helpers/real-spawner.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { startServerProcess } from '#test/helpers/server-process.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

const pictures = '-re -f lavfi -i testsrc2=size=320x240:rate=25'
const x264 = '-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25'
const published = `exec:ffmpeg -v error ${pictures} ${x264} -f rtsp {output}`
const piped = `exec:ffmpeg -v error ${pictures} ${x264} -f mpegts -`

test.each(['SIGKILL', 'SIGTERM'] as const)('a server that gets %s leaves no program', async signal => {
  using folder = new TemporaryFolder()
  const streams = { published, piped, made: 'ffmpeg:virtual?video&size=320x240#video=h264' }
  const config = { api: { listen: '' }, rtsp: { listen: '127.0.0.1:0' }, streams }
  const file = folder.write('go2rtc.yaml', JSON.stringify(config))
  await using server = startServerProcess(['-c', file], folder.path)
  const [, address = ''] = await server.line(/\[rtsp\] listen addr=(\S+)/)
  const port = Number(address.split(':').at(-1))
  const players = await Promise.all(
    Object.keys(streams).map(async name => {
      const player = await RtspPlayer.connect(port)
      await player.play(`rtsp://${address}/${name}?video`)
      await player.gotFrames(20)
      return player
    }),
  )
  // The server, its spawner, and a program for each stream.
  expect(runningWithin(folder.path)).toHaveLength(5)
  server.child.kill(signal)
  await until('every process to be gone', () => runningWithin(folder.path).length === 0)
  for (const player of players) player[Symbol.dispose]()
})

test.each([
  ['that publishes', published],
  ['that writes to its stdout', piped],
])('a player goes on in the same RTP stream when the program %s was killed', async (_what, source) => {
  await using engine = createEngine({ rtsp: { listen: '127.0.0.1:0' } })
  engine.setStream({ id: '1', name: 'porch', sources: [parseSourceUrl(source)] })
  const [listener] = await engine.listen()
  using player = await RtspPlayer.connect(Number(listener!.address.split(':')[1]))
  await player.play(`rtsp://${listener!.address}/porch?video`)
  await player.gotFrames(50)
  const [first] = await engine.programs()
  process.kill(first!.pid, 'SIGKILL')
  const before = player.frames.length
  await player.gotFrames(before + 50)
  const [second] = await engine.programs()
  expect(second!.pid).not.toBe(first!.pid)
  expect(isRunning(first!.pid)).toBe(false)
  const packets = player.frames.map(({ payload }) => RtpPacket.parse(payload))
  expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1)
  const steps = packets.slice(1).map((packet, index) => (packet.timestamp - packets[index]!.timestamp) | 0)
  for (const step of steps) expect(step).toBeGreaterThanOrEqual(0)
})
