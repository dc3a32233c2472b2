import { expect, test } from 'vitest'
import { parseRemoteDescription } from '#media'
import { WebRtcConsumer } from '#media/protocols/webrtc/webrtc-consumer.ts'
import { WebRtcPort } from '#media/protocols/webrtc/webrtc-port.ts'
import { silentLogger } from '#media/runtime/logger.ts'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { HostileCamera } from '#test/helpers/hostile-camera.ts'
import { h264Sdp } from '#test/helpers/numbered-camera.ts'
import { rtpPacket } from '#test/helpers/rtp-packets.ts'
import { frame } from '#test/helpers/scripted-camera.ts'
import { until } from '#test/helpers/until.ts'
import { offerOf, targetOf } from '#test/helpers/web-rtc-offers.ts'
import { peerFingerprint, WebRtcPeer } from '#test/helpers/web-rtc-peer.ts'

const MIB = 1024 * 1024
/** What a sender lets wait, and what one picture may add. */
const PENDING_BYTES_MAX = 4 * MIB
const PACKET_BYTES = 1100
const PACKETS = 64
const CROWD = 5

/** Keyframes of 64 packets, from a number on. */
const pictures = function* (first: number, count: number): Iterable<Buffer> {
  for (let picture = first; picture < first + count; picture++) {
    for (let piece = 0; piece < PACKETS; piece++) {
      const payload = Buffer.alloc(PACKET_BYTES, 1)
      payload.set([0x65, piece === 0 ? 0x88 : 0x08])
      const sequenceNumber = (picture * PACKETS + piece) & 0xffff
      const marker = piece === PACKETS - 1
      yield frame(0, rtpPacket({ payload, marker, sequenceNumber, timestamp: picture * 3600, ssrc: 5 }).buffer)
    }
  }
}

test('browsers that stop reading over TCP cost a bounded memory, are let go, and nobody else misses anything', {
  timeout: 60_000,
}, async () => {
  const clock = new HeldClock()
  await using besieged = await BesiegedEngine.start({ clock })
  await using camera = await HostileCamera.start(h264Sdp)
  const witness = await besieged.watch([camera.source.replace('timeout=2', 'timeout=300')])
  await camera.played()
  const port = await WebRtcPort.open({
    ...{ listen: '127.0.0.1:0', candidates: [], iceServers: [], filters: {}, clock, logger: silentLogger },
  })
  using held = new DisposableStack()
  const offer = parseRemoteDescription(offerOf(await peerFingerprint()))
  const request = { offer, formatName: 'webrtc', protocol: 'http', remoteAddress: '', userAgent: '' } as const
  const reasons: string[] = []
  for (let count = 0; count < CROWD; count++) {
    const consumer = await besieged.engine.watch('victim', () => new WebRtcConsumer({ ...request, clock, port }))
    const target = targetOf(await consumer.answer(true))
    const peer = held.use(await WebRtcPeer.connect(Number(port.address.split(':')[1]), target, 'tcp'))
    peer.ice.pause()
    void consumer.closed.then(({ code }) => reasons.push(code))
  }
  const before = heldBytes()
  await camera.pour(pictures(0, 1000))
  await until('the good one has seen all of it', () => witness.sink.messageCount >= 1000)
  expect(heldBytes() - before).toBeLessThan(CROWD * (PENDING_BYTES_MAX + MIB))
  // They had ten seconds.
  await clock.advance(11_000)
  await camera.pour(pictures(1000, 10))
  await until('them to be let go', () => reasons.length === CROWD)
  expect(new Set(reasons)).toEqual(new Set(['viewer_stuck']))
  await until('it has missed nothing', () => witness.sink.messageCount === 1011)
  expect(port.counts).toMatchObject({ sessions: 0, addresses: 0 })
  await until('their connections to end', () => port.counts.connections === 0)
  held.dispose()
  port[Symbol.dispose]()
  await besieged.over()
})
