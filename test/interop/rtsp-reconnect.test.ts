import { expect, test } from 'vitest'
import { createEngine } from '#media/engine.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'

const SEQUENCE_NUMBERS = 65_536

test('a player goes on in the same RTP stream when its camera was away', async () => {
  const first = await GStreamerCamera.start()
  await using engine = createEngine({ rtsp: { listen: '127.0.0.1:0' } })
  engine.setStream({ id: '1', name: 'porch', sources: [parseSourceUrl(first.url)] })
  const [listener] = await engine.listen()
  using player = await RtspPlayer.connect(Number(listener!.address.split(':')[1]))
  await player.play(`rtsp://${listener!.address}/porch?video`)
  await player.gotFrames(50)

  await first.stop()
  await using second = await GStreamerCamera.start({ port: first.port })
  expect(second.port).toBe(first.port)
  const before = player.frames.length
  await player.gotFrames(before + 50)

  const packets = player.frames.map(({ payload }) => RtpPacket.parse(payload))
  expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1)
  const gaps = packets.slice(1).map((packet, index) => packet.sequenceNumber - packets[index]!.sequenceNumber)
  // What the new camera sends before its first keyframe has numbers, and is not sent on.
  for (const gap of gaps) expect((gap + SEQUENCE_NUMBERS) % SEQUENCE_NUMBERS).toBeLessThan(100)
  const steps = packets.slice(1).map((packet, index) => (packet.timestamp - packets[index]!.timestamp) | 0)
  for (const step of steps) expect(step).toBeGreaterThanOrEqual(0)
})
