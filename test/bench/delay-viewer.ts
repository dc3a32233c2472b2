import { createInterface } from 'node:readline'
import { nowMs, percentile } from './measure.ts'
import { playRtsp } from './rtsp-viewer.ts'

// Measures how long pictures take from the camera to viewers: node delay-viewer.ts PORT PATH..., one of each path.
// Each line on stdin is answered with the delays since the line before.

const TIME_ID = 'sightline-bench!'
/** NAL header, payload type and size of our SEI message. */
const SEI_HEAD_BYTES = 3

const [port = '', ...paths] = process.argv.slice(2)
let delays: number[] = []

const onPacket = (payload: Buffer): void => {
  if (payload.toString('latin1', SEI_HEAD_BYTES, SEI_HEAD_BYTES + TIME_ID.length) !== TIME_ID) return
  const sentAt = Number(payload.toString('latin1', SEI_HEAD_BYTES + TIME_ID.length, payload.length - 1))
  delays.push(nowMs() - sentAt)
}
for (const path of paths) await playRtsp(Number(port), path, onPacket)
process.stdout.write('READY\n')

createInterface({ input: process.stdin }).on('line', () => {
  const of = (percent: number): string => percentile(delays, percent).toFixed(3)
  process.stdout.write(`DELAYS ${delays.length} ${of(50)} ${of(99)} ${of(100)} ${of(99.9)}\n`)
  delays = []
})
