import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { classes, Message, methods } from 'werift'
import { formatRtcp } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { seededRandom } from '#test/helpers/bad-network.ts'
import { BesiegedPort, plays } from '#test/helpers/besieged-port.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { IcePeer, type IceTarget } from '#test/helpers/ice-peer.ts'
import { until } from '#test/helpers/until.ts'
import { targetOf } from '#test/helpers/web-rtc-offers.ts'

const MIB = 1024 * 1024
/** Datagrams of one attack, and how many are sent before others have their turn. */
const FLOOD = 20_000
const BURST = 50

/** Payload types of pictures in the offer, and of those that are sent again. */
const PICTURES: ReadonlySet<number> = new Set([102, 103, 106])
const AGAIN: ReadonlySet<number> = new Set([104, 107])

let besieged: BesiegedPort
beforeEach(async () => {
  besieged = await BesiegedPort.start()
})
afterEach(() => besieged[Symbol.asyncDispose]())

const stun = (target: IceTarget, password: string, remote = 'peer'): Buffer =>
  new Message(methods.BINDING, classes.REQUEST, undefined, [
    ['USERNAME', `${target.localName}:${remote}`],
    ['PRIORITY', 1],
    ['ICE-CONTROLLING', 1n],
    ['USE-CANDIDATE', null],
  ])
    .addMessageIntegrity(Buffer.from(password))
    .addFingerprint().bytes

const withCookie = (size: number): Buffer => {
  const bytes = randomBytes(size)
  bytes.writeUInt16BE(1, 0)
  bytes.writeUInt16BE(size - 20, 2)
  bytes.writeUInt32BE(0x2112a442, 4)
  return bytes
}

const record = (type: number, epoch: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(13)
  head[0] = type
  head.writeUInt16BE(0xfefd, 1)
  head.writeUInt16BE(epoch, 3)
  head.writeUInt16BE(body.length, 11)
  return Buffer.concat([head, body])
}

const greeting = (): Buffer => {
  const hello = Buffer.concat([Buffer.of(0xfe, 0xfd), randomBytes(32), Buffer.from('00000002c02b0100', 'hex')])
  const head = Buffer.alloc(12)
  head[0] = 1
  head.writeUIntBE(hello.length, 1, 3)
  head.writeUIntBE(hello.length, 9, 3)
  return record(22, 0, Buffer.concat([head, hello]))
}

const endless = (number: number): Buffer => {
  const head = Buffer.from('0b003fff0000000000000400', 'hex')
  head.writeUInt16BE(number & 0xffff, 4)
  return record(22, 0, Buffer.concat([head, randomBytes(1024)]))
}

/** Of all kinds that the port tells apart, by their first byte. */
const rubbish = (index: number): Buffer => {
  const bytes = randomBytes(1 + ((index * 37) % 1400))
  bytes[0] = [0, 1, 20, 22, 23, 24, 63, 64, 79, 128, 144, 191, 255][index % 13]!
  return bytes
}

const flood = async (send: (bytes: Buffer) => void, what: (index: number) => Buffer, count = FLOOD): Promise<void> => {
  for (let index = 0; index < count; index++) {
    send(what(index))
    if (index % BURST === 0) await setImmediate()
  }
}

describe('datagrams from elsewhere', () => {
  test.each<[string, (target: IceTarget, index: number) => Buffer]>([
    ['checks with a wrong password', (target, index) => stun(target, `wrong${index}`)],
    ['checks for nobody', (_, index) => stun({ localName: `nobody${index}`, localPassword: '' }, 'x')],
    ['rubbish with the cookie of checks', (_, index) => withCookie(20 + (index % 300))],
    ['alerts', (_, index) => record(21, index & 1, Buffer.of(1 + (index & 1), 0))],
    ['greetings', () => greeting()],
    ['pieces of handshakes', (_, index) => endless(index)],
    ['rubbish of all kinds', (_, index) => rubbish(index)],
  ])('%s reach nobody', async (_name, what) => {
    const { consumer, peer, target } = await besieged.watch()
    const socket = createSocket('udp4')
    await once(socket.bind(0, '127.0.0.1'), 'listening')
    const before = besieged.port.counts
    const answers: Buffer[] = []
    socket.on('message', bytes => answers.push(bytes))
    await flood(
      bytes => socket.send(bytes, besieged.number, '127.0.0.1'),
      index => what(target, index),
      2000,
    )
    peer.ice.check(target)
    await plays(peer)
    expect(besieged.port.counts).toEqual(before)
    expect(answers).toEqual([])
    socket.close()
    consumer.close()
    await besieged.over()
  })
})

describe('a browser that', () => {
  test('sends rubbish before, during and after its handshake plays', async () => {
    const consumer = await besieged.offer()
    const target = targetOf(await consumer.answer(true))
    using stranger = await IcePeer.udp(besieged.number)
    await flood(bytes => stranger.send(bytes), rubbish)
    const flooding = flood(bytes => stranger.send(bytes), rubbish)
    const viewer = await besieged.watch()
    await flooding
    await flood(
      bytes => viewer.peer.ice.send(bytes),
      index => rubbish(index),
    )
    viewer.peer.ice.check(viewer.target)
    await plays(viewer.peer)
    expect(target.localName).not.toBe(viewer.target.localName)
    consumer.close()
    viewer.consumer.close()
    await besieged.over()
  })

  test.each<[string, (index: number) => Buffer]>([
    ['alerts', index => record(21, index & 1, Buffer.of(1 + (index & 1), 0))],
    ['greetings', () => greeting()],
    ['pieces that never end', endless],
    ['records with a wrong tag', index => record(20 + (index % 4), 1, randomBytes(40))],
  ])('seems to send %s from where it is plays, and costs no memory', async (_name, what) => {
    const { consumer, peer, target } = await besieged.watch()
    const before = heldBytes()
    await flood(bytes => peer.ice.send(bytes), what)
    peer.ice.check(target)
    await plays(peer)
    peer.rtp.length = 0
    expect(heldBytes() - before).toBeLessThan(16 * MIB)
    consumer.close()
    await until('our goodbye', () => peer.closed)
    await besieged.over()
  })

  test('begins handshakes and never ends them is let go', async () => {
    const consumer = await besieged.offer()
    using peer = await IcePeer.udp(besieged.number)
    peer.check(targetOf(await consumer.answer(true)))
    await until('the way to be answered', () => peer.mapped.length > 0)
    await flood(bytes => peer.send(bytes), greeting, 2000)
    expect(await consumer.closed).toMatchObject({ code: 'handshake_failed' })
    await besieged.over()
  })
})

describe('inside the protection', () => {
  const random = seededRandom(3)
  const mangled = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes)
    for (let times = 0; times < 3; times++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256)
    return copy.subarray(0, Math.max(8, Math.floor(random() * copy.length)))
  }

  test('forged and repeated packets change nothing; what is asked for again is given within bounds', async () => {
    const { consumer, peer, target } = await besieged.watch()
    const packet = peer.rtp.map(bytes => RtpPacket.parse(bytes)).find(({ payloadType }) => PICTURES.has(payloadType))!
    const { ssrc: mediaSsrc, sequenceNumber } = packet
    const nack = { type: 'NACK', ssrc: 1, mediaSsrc, sequenceNumbers: [sequenceNumber] } as const
    const asked = peer.protectRtcp(formatRtcp([{ type: 'RR', ssrc: 1, reports: [] }, nack]))
    const again = (): number => peer.rtp.filter(bytes => AGAIN.has(bytes[1]! & 0x7f)).length
    await flood(
      bytes => peer.ice.send(bytes),
      index => {
        const forged = Buffer.from(asked)
        forged[8 + (index % (forged.length - 8))]! ^= 1
        return index % 2 === 0 ? asked : forged
      },
      4000,
    )
    peer.ice.check(target)
    await plays(peer)
    expect(again()).toBe(1)
    consumer.close()
    await besieged.over()
  })

  test('reports that make no sense harm nobody', async () => {
    const { consumer, peer, target } = await besieged.watch()
    const mediaSsrc = RtpPacket.parse(peer.rtp[0]!).ssrc
    const numbers = Array.from({ length: 300 }, (_, at) => at * 200)
    const good = formatRtcp([
      { type: 'RR', ssrc: 1, reports: [] },
      { type: 'NACK', ssrc: 1, mediaSsrc, sequenceNumbers: numbers },
      { type: 'PLI', ssrc: 1, mediaSsrc },
      { type: 'BYE', ssrcs: [mediaSsrc], reason: 'x'.repeat(200) },
    ])
    await flood(
      bytes => peer.sendRtcp(bytes),
      index => (index % 3 === 0 ? good : mangled(good)),
      5000,
    )
    peer.ice.check(target)
    await plays(peer)
    consumer.close()
    await besieged.over()
  })

  test('data channels that say rubbish harm nobody', async () => {
    const { consumer, peer, target } = await besieged.watch()
    const init = Buffer.from(`1388138800000000${'00'.repeat(4)}0100001400000001ffffffffffffffff00000001`, 'hex')
    await flood(
      bytes => void peer.sendData(bytes),
      index => (index % 2 === 0 ? mangled(init) : rubbish(index)),
      5000,
    )
    peer.ice.check(target)
    await plays(peer)
    consumer.close()
    await besieged.over()
  })

  test('sound and pictures that nobody asked for harm nobody', async () => {
    const { consumer, peer, target } = await besieged.watch()
    for (let index = 0; index < 5000; index++)
      peer.sendRtp({ payloadType: index % 128, ssrc: index, sequenceNumber: index }, rubbish(index))
    peer.ice.check(target)
    await plays(peer)
    consumer.close()
    await besieged.over()
  })
})

test('connections that say rubbish, or nothing of their own, are let go', async () => {
  const refused = [Buffer.alloc(3000, 0xff), Buffer.from([0, 13, ...greeting().subarray(0, 13)]), Buffer.alloc(9, 255)]
  for (const bytes of refused) {
    using peer = await IcePeer.tcp(besieged.number)
    peer.send(bytes)
    await until('the connection to end', () => peer.closed)
  }
  await besieged.over()
})
