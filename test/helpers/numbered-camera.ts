import { rtpPacket } from '#test/helpers/rtp-packets.ts'
import { answer, frame, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'

/** Parameter sets of a picture of 640×480. */
export const SPROP = 'Z0LADdoFB+w=,aM48gA=='

/** A description of one H.264 track. */
export const h264Sdp = [
  ...['v=0', 'o=- 0 0 IN IP4 0.0.0.0', 's=-', 't=0 0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000'],
  ...[`a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${SPROP}`, 'a=control:trackID=0', ''],
].join('\r\n')

/** Ticks from one picture to the next: 25 a second. */
const PICTURE_TICKS = 3600

/** One whole keyframe in one packet, interleaved on channel 0; its number is in it. */
export const numberedPicture = (count: number, ssrc = 0xbeef, payloadType = 96): Buffer => {
  // IDR, first_mb_in_slice = 0, then the number.
  const payload = Buffer.from([0x65, 0x88, 0x80, 0, 0, 0, 0, 0x80])
  payload.writeUInt32BE(count, 3)
  const place = { sequenceNumber: count & 0xffff, timestamp: (count * PICTURE_TICKS) >>> 0 }
  return frame(0, rtpPacket({ payload, marker: true, payloadType, ssrc, ...place }).buffer)
}

/** The number of such a picture, by its RTP packet. */
export const numberIn = (packet: Buffer): number => packet.readUInt32BE(15)

/** A good camera whose pictures are numbered and come when a test says so. */
export class NumberedCamera implements AsyncDisposable {
  readonly #camera: ScriptedCamera
  #count = 0

  private constructor(camera: ScriptedCamera) {
    this.#camera = camera
  }

  /** Listens on a free port. */
  static async start(): Promise<NumberedCamera> {
    const describe = (request: Parameters<typeof answer>[0]): Buffer => answer(request, '200 OK', [], h264Sdp)
    return new NumberedCamera(await ScriptedCamera.start(goodCamera({ DESCRIBE: describe })))
  }

  /** It may be silent for as long as a test takes. */
  get source(): string {
    return `${this.#camera.url}#timeout=300`
  }

  /** Connections it has had. */
  get connectionCount(): number {
    return this.#camera.sockets.length
  }

  /** Shows the next picture to whoever plays; gives its number. */
  show(): number {
    this.#count++
    this.#camera.sockets.at(-1)?.write(numberedPicture(this.#count))
    return this.#count
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#camera[Symbol.asyncDispose]()
  }
}
