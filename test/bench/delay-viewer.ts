import { createInterface } from 'node:readline'
import { nowMs, percentile } from './measure.ts'
import { playRtsp } from './rtsp-viewer.ts'

// Measures how long pictures take from the camera to a viewer: node delay-viewer.ts PORT PATH. Each line on stdin
// is answered with the delays since the line before.

const TIME_ID = 'sightline-bench!'
/** NAL header, payload type and size of our SEI message. */
const SEI_HEAD_BYTES = 3

const [port = '', path = ''] = process.argv.slice(2)
let delays: number[] = []

await playRtsp(Number(port), path, payload => {
  if (payload.toString('latin1', SEI_HEAD_BYTES, SEI_HEAD_BYTES + TIME_ID.length) !== TIME_ID) return
  const sentAt = Number(payload.toString('latin1', SEI_HEAD_BYTES + TIME_ID.length, payload.length - 1))
  delays.push(nowMs() - sentAt)
})
process.stdout.write('READY\n')

createInterface({ input: process.stdin }).on('line', () => {
  const of = (percent: number): string => percentile(delays, percent).toFixed(3)
  process.stdout.write(`DELAYS ${delays.length} ${of(50)} ${of(99)} ${of(100)}\n`)
  delays = []
})
