import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { nowMs } from './measure.ts'

// A camera: serves a looped H264 file to RTSP clients over TCP, 25 pictures a second, each with the time it left.
// node camera.ts PORT FILE.h264. Each line on stdin is answered with when it was connected to and played since the line before.

const [port = '0', file = ''] = process.argv.slice(2)

const FRAMES_A_SECOND = 25
const CLOCK_RATE = 90_000
/** Bytes of a NAL unit in one packet: 15 packets make a picture of 20 KB. */
const PAYLOAD_BYTES_MAX = 1400
/** Identifies our SEI message (user_data_unregistered) among others. */
const TIME_ID = Buffer.from('sightline-bench!')

const NAL_IDR = 5
const NAL_SPS = 7
const NAL_PPS = 8
const NAL_DELIMITER = 9
const NAL_FILLER = 12

const nalType = (unit: Buffer): number => unit[0]! & 0x1f

const splitAnnexB = (bytes: Buffer): Buffer[] => {
  const units: Buffer[] = []
  const mark = Buffer.from([0, 0, 1])
  for (let at = bytes.indexOf(mark); at >= 0; ) {
    const next = bytes.indexOf(mark, at + 3)
    let end = next < 0 ? bytes.length : next
    while (end > at + 3 && bytes[end - 1] === 0) end--
    units.push(bytes.subarray(at + 3, end))
    at = next
  }
  return units
}

/** A picture's NAL units: a slice that begins with macroblock 0 begins a picture, filler data ends it. */
const splitPictures = (units: readonly Buffer[]): Buffer[][] => {
  const pictures: Buffer[][] = []
  let before: Buffer[] = []
  for (const unit of units) {
    if (nalType(unit) === NAL_DELIMITER) continue
    if (nalType(unit) === NAL_FILLER) {
      pictures.at(-1)?.push(unit)
      continue
    }
    before.push(unit)
    const isSlice = nalType(unit) >= 1 && nalType(unit) <= NAL_IDR
    if (!isSlice) continue
    const beginsPicture = (unit[1]! & 0x80) !== 0
    if (beginsPicture || pictures.length === 0) pictures.push(before)
    else pictures.at(-1)?.push(...before)
    before = []
  }
  return pictures
}

const units = splitAnnexB(readFileSync(file))
const pictures = splitPictures(units)
const sps = units.find(unit => nalType(unit) === NAL_SPS)
const pps = units.find(unit => nalType(unit) === NAL_PPS)
if (sps === undefined || pps === undefined) throw new TypeError(`${file} is no H264 elementary stream`)

/** The time as an SEI message; without zeros, so that no start code can arise. */
const timeUnit = (): Buffer => {
  const digits = Buffer.from(nowMs().toFixed(3).padStart(16, '0'))
  return Buffer.concat([
    Buffer.from([0x06, 0x05, TIME_ID.length + digits.length]),
    TIME_ID,
    digits,
    Buffer.from([0x80]),
  ])
}

const sdp = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=camera',
  't=0 0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  `a=fmtp:96 packetization-mode=1;profile-level-id=${sps.toString('hex', 1, 4)};sprop-parameter-sets=${sps.toString('base64')},${pps.toString('base64')}`,
  'a=control:track1',
  '',
].join('\r\n')

/** One client and its numbering; it gets the film from its beginning. */
class Playback {
  readonly #socket: Socket
  readonly #startedAt = nowMs()
  readonly #timer: NodeJS.Timeout
  #sequence = 0
  #picture = 0

  constructor(socket: Socket) {
    this.#socket = socket
    this.#timer = setInterval(() => this.#sendDue(), 4)
    this.#sendDue()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #sendDue(): void {
    while (nowMs() - this.#startedAt >= (this.#picture * 1000) / FRAMES_A_SECOND) {
      const picture = pictures[this.#picture % pictures.length] ?? []
      const timestamp = ((this.#picture * CLOCK_RATE) / FRAMES_A_SECOND) >>> 0
      const payloads = [timeUnit(), ...picture].flatMap(payloadsOf)
      const packets = payloads.map((payload, i) => this.#packet(payload, timestamp, i === payloads.length - 1))
      this.#socket.write(Buffer.concat(packets))
      this.#picture++
    }
  }

  #packet(payload: Buffer, timestamp: number, marker: boolean): Buffer {
    const packet = Buffer.alloc(16 + payload.length)
    packet[0] = 0x24
    packet.writeUInt16BE(12 + payload.length, 2)
    packet[4] = 0x80
    packet[5] = 96 | (marker ? 0x80 : 0)
    packet.writeUInt16BE(this.#sequence++ & 0xffff, 6)
    packet.writeUInt32BE(timestamp, 8)
    packet.writeUInt32BE(0x5197, 12)
    payload.copy(packet, 16)
    return packet
  }
}

/** RFC 6184 §5.6 and §5.8: a NAL unit as it is, or in fragments. */
const payloadsOf = (unit: Buffer): Buffer[] => {
  if (unit.length <= PAYLOAD_BYTES_MAX) return [unit]
  const payloads: Buffer[] = []
  for (let at = 1; at < unit.length; at += PAYLOAD_BYTES_MAX - 2) {
    const part = unit.subarray(at, at + PAYLOAD_BYTES_MAX - 2)
    const start = at === 1 ? 0x80 : 0
    const end = at + part.length === unit.length ? 0x40 : 0
    payloads.push(Buffer.concat([Buffer.from([(unit[0]! & 0xe0) | 28, start | end | nalType(unit)]), part]))
  }
  return payloads
}

const headersFor = (method: string, url: string): readonly string[] => {
  if (method === 'OPTIONS') return ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER']
  if (method === 'DESCRIBE')
    return [`Content-Base: ${url}/`, 'Content-Type: application/sdp', `Content-Length: ${Buffer.byteLength(sdp)}`]
  if (method === 'SETUP') return ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1', 'Session: 1;timeout=60']
  return ['Session: 1']
}

let asked: { connected: number[]; played: number[] } = { connected: [], played: [] }

const server = createServer({ noDelay: true }, socket => {
  asked.connected.push(nowMs())
  let playback: Playback | undefined
  let received = ''
  socket.setEncoding('latin1')
  socket.on('error', () => {})
  socket.once('close', () => playback?.stop())
  socket.on('data', text => {
    // What clients interleave (RTCP) never contains a request line; what is no request is passed over.
    received = (received + String(text)).slice(-65_536)
    for (;;) {
      const request = /([A-Z_]+) (\S+) RTSP\/1\.0\r\n[\s\S]*?CSeq: *(\d+)[\s\S]*?\r\n\r\n/i.exec(received)
      if (request === null) return
      const [whole, method = '', url = '', sequence = ''] = request
      received = received.slice(request.index + whole.length)
      const head = ['RTSP/1.0 200 OK', `CSeq: ${sequence}`, ...headersFor(method, url), '', '']
      socket.write(head.join('\r\n') + (method === 'DESCRIBE' ? sdp : ''))
      if (method !== 'PLAY') continue
      asked.played.push(nowMs())
      playback ??= new Playback(socket)
    }
  })
})

server.listen(Number(port), '127.0.0.1', () => process.stdout.write('READY\n'))

createInterface({ input: process.stdin }).on('line', () => {
  process.stdout.write(`ASKED ${JSON.stringify(asked)}\n`)
  asked = { connected: [], played: [] }
})
