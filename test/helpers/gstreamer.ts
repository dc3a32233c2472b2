import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'

const TIMEOUT_MS = 20_000

/** Runs a pipeline of GStreamer's to its end: `fdsrc fd=0` reads this input, `fdsink fd=1` writes what is given back. */
export const launch = async (pipeline: string, input: Buffer = Buffer.alloc(0)): Promise<Buffer> => {
  const child = spawn('gst-launch-1.0', ['-q', ...pipeline.split(' ')], { timeout: TIMEOUT_MS })
  // It may have seen enough before the end.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [output, complaints] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, 'close')])
  if (output.length === 0) throw new Error(`GStreamer gave nothing: ${complaints}`)
  return output
}

/** The packets that a pipeline of GStreamer's gives, which ends with a payloader. */
export const packetsOf = async (pipeline: string, input?: Buffer): Promise<RtpPacket[]> => {
  // RFC 4571: a length before each packet.
  const bytes = await launch(`${pipeline} ! rtpstreampay ! fdsink fd=1`, input)
  const packets: RtpPacket[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at)
    packets.push(RtpPacket.parse(bytes.subarray(at + 2, end)))
    at = end
  }
  return packets
}

/** What a depayloader of GStreamer's and whatever follows it make of packets with these caps. */
export const depayloaded = (caps: string, pipeline: string, packets: readonly RtpPacket[]): Promise<Buffer> => {
  const framed = packets.flatMap(({ buffer: packet }) => [Buffer.of(packet.length >> 8, packet.length & 0xff), packet])
  const from = `fdsrc fd=0 ! application/x-rtp-stream,${caps} ! rtpstreamdepay`
  return launch(`${from} ! ${pipeline} ! fdsink fd=1`, Buffer.concat(framed))
}
