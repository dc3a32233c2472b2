import type { Codec } from '../../core/codec.ts'
import type { SpokenPayload } from './speaker-session.ts'

/** Samples of G.711 in one packet at most: an eighth of a second, and well within Ethernet's size. */
const G711_BYTES_MAX = 1024

/** Cuts what is said into the packets that a camera takes. */
export interface SpeakerFrames {
  push(spoken: SpokenPayload, emit: (frame: SpokenPayload) => void): void
}

/** How a codec's payloads are cut: as they are, but for sound in pieces longer than a packet. */
export const plainFrames = (codec: Codec): SpeakerFrames =>
  isG711(codec) ? { push: splitG711 } : { push: (spoken, emit) => emit(spoken) }

/**
 * QUIRK Reolink's doorbell plays G.711 only in packets of 1 024 bytes that all have the timestamp 0
 * and the marker; nobody else is sent to like that.
 */
export const reolinkFrames = (codec: Codec): SpeakerFrames => (isG711(codec) ? new EqualFrames() : plainFrames(codec))

/** Whether a description is of a Reolink camera: its server calls itself by the name of Reolink's maker, Baichuan. */
export const isReolink = (sdp: string): boolean => /^a=tool:BC Streaming Media\b/m.test(sdp)

const isG711 = ({ name }: Codec): boolean => name === 'PCMU' || name === 'PCMA'

const splitG711 = (spoken: SpokenPayload, emit: (frame: SpokenPayload) => void): void => {
  const { payload, timestamp, marker } = spoken
  for (let at = 0; at < payload.length; at += G711_BYTES_MAX)
    emit({
      payload: payload.subarray(at, at + G711_BYTES_MAX),
      // One byte is one sample.
      timestamp: (timestamp + at) >>> 0,
      marker: marker && at === 0,
    })
}

class EqualFrames implements SpeakerFrames {
  #frame = Buffer.allocUnsafeSlow(G711_BYTES_MAX)
  #used = 0

  push({ payload }: SpokenPayload, emit: (frame: SpokenPayload) => void): void {
    for (let at = 0; at < payload.length; ) {
      const taken = payload.copy(this.#frame, this.#used, at)
      at += taken
      this.#used += taken
      if (this.#used < G711_BYTES_MAX) continue
      emit({ payload: this.#frame, timestamp: 0, marker: true })
      this.#frame = Buffer.allocUnsafeSlow(G711_BYTES_MAX)
      this.#used = 0
    }
  }
}
