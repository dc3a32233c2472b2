import { createServer } from 'node:http'
import { RTCPeerConnection, RTCRtpCodecParameters, type RTCRtpSender, RtpHeader, RtpPacket } from 'werift'

// A program: werift's own senders, which send each peer that asks a made-up film of 25 pictures a second; with the
// argument `quiet`, nothing.

/** Of one picture: 4 Mbit/s. */
const PACKETS = 17
const PAYLOAD_BYTES = 1176
const PICTURE_MS = 40

const senders = new Set<RTCRtpSender>()

const answer = async (offer: string): Promise<string> => {
  const peer = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [],
    iceLite: true,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    codecs: {
      video: [
        new RTCRtpCodecParameters({ mimeType: 'video/H264', clockRate: 90_000, rtcpFeedback: [{ type: 'nack' }] }),
      ],
    },
  })
  const sender = peer.addTransceiver('video', { direction: 'sendonly' }).sender
  await peer.setRemoteDescription({ type: 'offer', sdp: offer })
  const [ice] = peer.iceTransports
  // Nobody outside is asked for our address.
  Object.assign(ice!.connection, { stunServer: undefined })
  peer.dtlsTransports[0]!.role = 'server'
  await peer.setLocalDescription(await peer.createAnswer())
  peer.dtlsTransports[0]!.onStateChange.subscribe(state => {
    if (state === 'connected') senders.add(sender)
    else senders.delete(sender)
  })
  return peer.localDescription!.sdp
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    answer(Buffer.concat(chunks).toString()).then(
      sdp => response.end(sdp),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`READY ${typeof address === 'object' ? address?.port : ''}\n`)
})

let sequenceNumber = 0
let timestamp = 0
const send = (): void => {
  timestamp += PICTURE_MS * 90
  for (let at = 0; at < PACKETS; at++) {
    sequenceNumber = (sequenceNumber + 1) & 0xffff
    const payload = Buffer.alloc(PAYLOAD_BYTES, at)
    for (const sender of senders) {
      const header = new RtpHeader({ sequenceNumber, timestamp, payloadType: 103, marker: at === PACKETS - 1 })
      void sender.sendRtp(new RtpPacket(header, payload))
    }
  }
}
if (process.argv[2] !== 'quiet') setInterval(send, PICTURE_MS)
