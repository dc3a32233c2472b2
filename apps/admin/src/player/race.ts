/** What WebRTC would show, by its answer. */
export interface RtcOffer {
  /** RTP's name of the codec; nothing when there are no pictures. */
  readonly video: string | undefined
  readonly audio: string | undefined
  /** Whether the camera takes a voice that somebody here wants to raise. */
  readonly voice: boolean
}

/** Who stays, and why the other goes. */
export interface Verdict {
  readonly winner: 'webrtc' | 'mse'
  /** What to say of the loser. */
  readonly reason: string
}

/** Pictures weigh more than sound, H265 more than H264, and WebRTC more than MSE where they carry the same. */
const WEIGHTS = {
  rtc: { h265: 0x240, video: 0x220, audio: 0x102 },
  mse: { hvc1: 0x230, avc1: 0x210, mp4a: 0x101 },
} as const

/** How much a WebRTC connection carries. */
export const rtcWeight = ({ video, audio }: RtcOffer): number =>
  (video === undefined ? 0 : video.toUpperCase() === 'H265' ? WEIGHTS.rtc.h265 : WEIGHTS.rtc.video) +
  (audio === undefined ? 0 : WEIGHTS.rtc.audio)

/** How much MSE carries, by its codecs: `avc1.640029,mp4a.40.2`. Sound that WebRTC could carry too adds nothing. */
export const mseWeight = (codecs: string): number =>
  (/hvc1|hev1/.test(codecs) ? WEIGHTS.mse.hvc1 : codecs.includes('avc1') ? WEIGHTS.mse.avc1 : 0) +
  (codecs.includes('mp4a') ? WEIGHTS.mse.mp4a : 0)

/** Decides once both are known; MSE without codecs is one that failed or was not asked. Pure. */
export function judge(rtc: RtcOffer, mseCodecs: string): Verdict {
  const mse = mseWeight(mseCodecs)
  if (rtc.voice) return { winner: 'webrtc', reason: 'only WebRTC carries a voice to the camera' }
  if (rtcWeight(rtc) >= mse) return { winner: 'webrtc', reason: 'WebRTC has the same with less delay' }
  return { winner: 'mse', reason: whatIsMissing(rtc, mseCodecs) }
}

function whatIsMissing({ video, audio }: RtcOffer, mseCodecs: string): string {
  if (video === undefined) return 'it has sound only, MSE has the picture'
  if (audio === undefined && mseCodecs.includes('mp4a'))
    return 'it would be without sound: the camera’s AAC does not go into WebRTC, MSE plays it'
  return `it has ${video} where MSE has H265`
}
