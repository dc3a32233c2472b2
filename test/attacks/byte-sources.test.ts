import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesiegedEngine, type Witness } from '#test/helpers/besieged-engine.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { HttpCamera } from '#test/helpers/http-camera.ts'
import { until } from '#test/helpers/until.ts'

let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
})
afterAll(() => besieged[Symbol.asyncDispose]())

const MIB = 1024 * 1024
/** More than any limit of ours, and soon sent. */
const FLOOD_BYTES = 24 * MIB
const GULP_BYTES = 64 * 1024

/** Writes a head, and then the same piece again and again, as fast as it is taken, until enough or the end. */
const flood = async (to: Socket | ServerResponse, head: Buffer | string, piece: Buffer): Promise<void> => {
  to.on('error', () => {})
  to.write(head)
  const gulp = Buffer.concat(new Array(Math.ceil(GULP_BYTES / piece.length)).fill(piece))
  for (let sent = 0; sent < FLOOD_BYTES && !to.destroyed; sent += gulp.length)
    if (!to.write(gulp)) await Promise.race([once(to, 'drain'), once(to, 'close')]).catch(() => {})
  to.end()
}

/** A server that says the same to everybody, whatever they ask, by TCP. */
const withServer = async (say: (socket: Socket) => void, use: (port: number) => Promise<void>): Promise<void> => {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.resume()
    say(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    await use((server.address() as AddressInfo).port)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
}

/** It is over, one way or another, with a name, and little is held. */
const ends = async (witness: Witness, before: number): Promise<void> => {
  const cause = (): string | undefined => besieged.engine.streamByName('victim')?.sources[0]?.cause?.code
  await until('an end', () => witness.code !== undefined || cause() !== undefined, 20_000)
  expect(witness.code ?? cause()).toMatch(/^[a-z_]+$/)
  expect(heldBytes() - before).toBeLessThan(32 * MIB)
  await besieged.over()
}

const packet = (pid: number, begins: boolean, counter: number, payload: Buffer): Buffer => {
  const bytes = Buffer.alloc(188, 0xff)
  bytes.set([0x47, (begins ? 0x40 : 0) | (pid >> 8), pid & 0xff, 0x10 | (counter & 15)])
  bytes.set(payload.subarray(0, 184), 4)
  return bytes
}
/** Made by ffmpeg: program 1 has its map at 0x1000. */
const pat = packet(0, true, 0, Buffer.from('0000b00d0001c100000001f0002ab104b2', 'hex'))
const patOfItself = packet(0, true, 0, Buffer.from('0000b00d0001c100000001e000', 'hex'))
const noise = Buffer.alloc(64 * 1024, 0x55)

const formats: readonly (readonly [string, Buffer | string, Buffer])[] = [
  ['MPEG-TS without tables', Buffer.alloc(0), packet(256, false, 0, noise)],
  ['MPEG-TS whose tables lead to themselves', pat, Buffer.concat(new Array(300).fill(patOfItself))],
  ['MPEG-TS whose table never ends', pat, packet(0x1000, false, 1, noise)],
  ['MPEG-TS that is out of step', 'G', Buffer.concat([packet(0, false, 0, noise), Buffer.of(0)])],
  ['MPEG-TS without a sync byte', pat, noise],
  [
    'FLV of scripts in scripts',
    'FLV\x01\x05\0\0\0\x09',
    Buffer.concat([Buffer.from('00000000120000640000000000000000', 'latin1'), noise]),
  ],
  ['FLV of tags of 16 MB', 'FLV\x01\x05\0\0\0\x09', Buffer.from('0000000009ffffff00000000000000', 'hex')],
  ['FLV of empty tags', 'FLV\x01\x05\0\0\0\x09', Buffer.from('000000000900000000000000000000', 'hex')],
  ['FLV whose header never ends', 'FLV\x01\x05\xff\xff\xff\xff', noise],
  ['a JPEG without an end', Buffer.from('ffd8ffda0002', 'hex'), noise],
  ['JPEGs that only begin', Buffer.from('ffd8', 'hex'), Buffer.from('ffd8'.repeat(10_000), 'hex')],
  ['a boundary without images', '--x\r\n', Buffer.from('--x\r\n'.repeat(1000))],
  ['a boundary without an end', '--', noise],
  ['images of the largest size', '--x\r\nContent-Length: 999999999\r\n\r\n', noise],
  [
    'images of no size',
    '--x\r\nContent-Length: 0\r\n\r\n',
    Buffer.from('--x\r\nContent-Length: 0\r\n\r\n'.repeat(1000)),
  ],
  ['naked H.264 without a start', Buffer.from('0000000167', 'hex'), noise],
  ['naked H.264 of start codes', Buffer.from('0000000167', 'hex'), Buffer.from('000001'.repeat(20_000), 'hex')],
  ['naked H.264 of delimiters', Buffer.from('00000001', 'hex'), Buffer.from('0000000109f0'.repeat(10_000), 'hex')],
  ['ADTS of empty frames', Buffer.from('fff14c800000fc', 'hex'), Buffer.from('fff14c8000e0fc'.repeat(1000), 'hex')],
  [
    'a WAV of absurd figures',
    Buffer.from('52494646ffffffff57415645666d7420100000000100fffffffffffffffffffffffffffff', 'hex'),
    noise,
  ],
  ['a WAV of endless chunks', 'RIFF\xff\xff\xff\xffWAVE', Buffer.from('4c495354ffffff7f'.repeat(100), 'hex')],
  ['Y4M of absurd sizes', 'YUV4MPEG2 W999999999 H999999999 F1:1\n', Buffer.from('FRAME\n')],
  ['Y4M of a head without an end', 'YUV4MPEG2 ', noise],
  ['nothing that there is', Buffer.alloc(16), noise],
]

describe('bytes by TCP that are', () => {
  test.each(formats)('%s end', { timeout: 60_000 }, async (_name, head, piece) => {
    const bytes = typeof head === 'string' ? Buffer.from(head, 'latin1') : head
    await withServer(
      socket => void flood(socket, bytes, piece),
      async port => {
        const before = heldBytes()
        await ends(await besieged.watch([`tcp://127.0.0.1:${port}`]), before)
      },
    )
  })
})

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const answers: readonly (readonly [string, string, Buffer])[] = [
  ['a head without an end', 'HTTP/1.1 200 OK\r\nX: ', noise],
  ['headers without an end', 'HTTP/1.1 200 OK\r\n', Buffer.from('X: a\r\n'.repeat(10_000))],
  ['"continue" without an end', '', Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000))],
  ['another protocol to switch to', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', noise],
  ['no HTTP', 'SSH-2.0-x\r\n', noise],
  ['chunks of 2^64 bytes', `${chunked}ffffffffffffffff\r\n`, noise],
  ['chunks of a byte', chunked, Buffer.from('1\r\nx\r\n'.repeat(10_000))],
  ['chunk extensions without an end', `${chunked}1;`, noise],
  ['images of more than there may be', 'HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n', noise],
  ['parts without a boundary', 'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n', noise],
  [
    'a playlist without an end',
    'HTTP/1.1 200 OK\r\nContent-Type: audio/mpegurl\r\n\r\n#EXTM3U\n',
    Buffer.from('a\n'.repeat(30_000)),
  ],
]

describe('an answer by HTTP that is', () => {
  test.each(answers)('%s ends', { timeout: 60_000 }, async (_name, head, piece) => {
    await withServer(
      socket => void socket.once('data', () => void flood(socket, head, piece)),
      async port => {
        const before = heldBytes()
        await ends(await besieged.watch([`http://127.0.0.1:${port}/`]), before)
      },
    )
  })

  test('a bomb of zeros is not blown up', async () => {
    const bomb = gzipSync(Buffer.alloc(FLOOD_BYTES))
    await using camera = await HttpCamera.start({
      '/': (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb),
    })
    const before = heldBytes()
    await ends(await besieged.watch([camera.at('/')]), before)
  })

  test.each([
    'http://169.254.169.254/latest',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://[::ffff:a9fe:a9fe]/',
    'rtsp://x',
    'file:///etc/passwd',
  ])('a redirect to %s leads nowhere', async location => {
    await using camera = await HttpCamera.start({
      '/': (_, response) => response.writeHead(302, { Location: location }).end(),
    })
    const witness = await besieged.watch([camera.at('/')])
    expect(witness.code).toMatch(/^(?:address_not_allowed|bad_redirect)$/)
    await besieged.over()
  })

  test('a redirect in circles is left', async () => {
    await using camera = await HttpCamera.start({
      '/': (_, response) => response.writeHead(302, { Location: '/' }).end('x'.repeat(100_000)),
    })
    expect(await besieged.watch([camera.at('/')])).toMatchObject({ code: 'bad_redirect' })
    expect(camera.requests.length).toBeLessThan(8)
    await besieged.over()
  })
})
