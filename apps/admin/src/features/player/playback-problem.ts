import { spokenCodec } from '../../lib/codec-names.ts'

/** Why there is no picture, for people. */
export interface PlaybackProblem {
  readonly message: string
  readonly remedy?: string
  /** Trying again by itself may help. */
  readonly passing: boolean
}

/** A sentence for what the server answered to `mse`: `mse: streams: codecs not matched: video:H265 => video:H264`. */
export function problemOf(answer: string): PlaybackProblem {
  const text = answer.replace(/^mse: /, '').replace(/^streams: /, '')
  const mismatch = /codecs not matched: (.*) => (.*)$/.exec(text)
  if (mismatch !== null) return mismatchProblem(codecNames(mismatch[1] ?? ''), codecNames(mismatch[2] ?? ''))
  if (text.includes('stream not found')) {
    return { message: 'The server has no stream of this name.', passing: false }
  }
  return { message: `The camera gives no picture: ${text}.`.replace(/\.\.$/, '.'), passing: true }
}

/** For a codec the server agreed to and the browser then refused. */
export const refusedByBrowser = (codecs: string): PlaybackProblem => ({
  message: `This browser cannot play ${codecs}.`,
  remedy: codecs.includes('H265')
    ? 'Set the camera to H264, use its second stream, or open this page in Safari or in a browser with hardware H265.'
    : 'Try another browser, or set the camera to H264 and AAC.',
  passing: false,
})

/** For a browser without Media Source Extensions. */
export const noMediaSource: PlaybackProblem = {
  message: 'This browser cannot play live video in a page: it has no Media Source Extensions.',
  remedy: 'Update the browser, or open the RTSP address below in VLC.',
  passing: false,
}

function mismatchProblem(offered: readonly string[], wanted: readonly string[]): PlaybackProblem {
  const sends = offered.join(' and ') || 'something unknown'
  const h265 = offered.includes('H265') && !wanted.includes('H265')
  const unable = h265 ? 'H265' : sends
  const plays = wanted.length > 0 ? ` It plays ${wanted.join(', ')}.` : ''
  return {
    message: `This browser cannot play ${unable}, and the camera sends ${sends}.${plays}`,
    remedy: h265
      ? 'Set the camera to H264, use its second stream, or open this page in Safari or in a browser with hardware H265.'
      : 'Set the camera to H264 and AAC, or add a second source that it can play.',
    passing: false,
  }
}

/** `video:H265, audio:MPEG4-GENERIC` is `H265`, `AAC`; each once. */
function codecNames(list: string): readonly string[] {
  const names = list.split(',').map(item => item.trim().replace(/^\w+:/, ''))
  return [...new Set(names.filter(Boolean).map(spokenCodec))]
}
