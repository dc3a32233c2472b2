import { createInterface } from 'node:readline'
import { offerOf, targetOf } from '#test/helpers/web-rtc-offers.ts'
import { peerFingerprint, WebRtcPeer } from '#test/helpers/web-rtc-peer.ts'

// A program: so many viewers by WebRTC, who take what comes and look at nothing. Arguments: where offers are
// posted to, `udp` or `tcp`, how many. Says READY and how many milliseconds that took. With `count` behind, what comes is counted, and told when asked.

const [url = '', protocol = 'udp', count = '1', counts] = process.argv.slice(2)
/** Milliseconds between two checks: whoever sends must know that somebody is there. */
const CHECK_MS = 5000
/** Handshakes at a time. */
const AT_ONCE = 4

const fingerprint = await peerFingerprint()
const peers: WebRtcPeer[] = []

const connect = async (): Promise<void> => {
  const response = await fetch(url, { method: 'POST', body: offerOf(fingerprint) })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${answer}`)
  const candidate = new RegExp(`^a=candidate:\\S+ 1 ${protocol} \\d+ 127\\.0\\.0\\.1 (\\d+)`, 'im').exec(answer)
  if (candidate === null) throw new Error(`no way by ${protocol} in ${answer}`)
  const target = targetOf(answer)
  const peer = await WebRtcPeer.connect(Number(candidate[1]), target, protocol === 'tcp' ? 'tcp' : 'udp')
  peers.push(peer)
  if (counts === undefined) peer.ice.discard()
  setInterval(() => peer.ice.check(target), CHECK_MS)
}

const startedAt = performance.now()
const queue = Array.from({ length: Number(count) }, () => connect)
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await next()
  }),
)
process.stdout.write(`READY ${Math.round(performance.now() - startedAt)}\n`)

createInterface({ input: process.stdin }).on('line', () => {
  const packets = peers.reduce((sum, peer) => sum + peer.rtp.length, 0)
  const bytes = peers.reduce((sum, peer) => sum + peer.rtp.reduce((all, { length }) => all + length, 0), 0)
  process.stdout.write(`CAME ${packets} ${bytes}\n`)
})
