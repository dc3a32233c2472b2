import { spokenCodec } from '../lib/codec-names.ts'
import type { Way } from './ways.ts'

/** Why there is no picture, for people. */
export interface PlaybackProblem {
  readonly message: string
  readonly remedy?: string
  /** Trying again by itself may help. */
  readonly passing: boolean
}

/** A way that the server refused. */
export interface Refusal {
  /** By the type of the request; nothing when that is none of ours. */
  readonly way: Way | undefined
  readonly problem: PlaybackProblem
  /** The same as a phrase beside other ways: `no codec in common (stream: H265; browser: H264)`. */
  readonly reason: string
}

const REQUESTS: ReadonlyMap<string, Way> = new Map<string, Way>([
  ['webrtc/offer', 'webrtc'],
  ['mse', 'mse'],
  ['hls', 'hls'],
  ['mp4', 'mp4'],
  ['mjpeg', 'mjpeg'],
])

/** Characters of an answer that are read: beyond that nobody reads a sentence. */
const ANSWER_CHARACTERS_MAX = 1000

/** What an `error` of the server says: `mse: streams: codecs not matched: video:H265 => video:H264`. */
export function refusalOf(answer: string): Refusal {
  const short = answer.slice(0, ANSWER_CHARACTERS_MAX)
  const [, request = '', rest = short] = /^([a-z0-9/]+): (.*)$/s.exec(short) ?? []
  const way = REQUESTS.get(request)
  const text = rest.replace(/^streams: /, '')
  const mismatch = /codecs not matched: (.*) => (.*)$/.exec(text)
  if (mismatch !== null) {
    const [offered, wanted] = [codecNames(mismatch[1] ?? ''), codecNames(mismatch[2] ?? '')]
    const reason = `no codec in common (stream: ${offered.join(', ') || 'unknown'}; browser: ${wanted.join(', ') || 'none'})`
    return { way, problem: mismatchProblem(offered, wanted), reason }
  }
  if (text.includes('stream not found')) {
    const problem = { message: 'The server has no stream of this name.', passing: false }
    return { way, problem, reason: 'the server has no stream of this name' }
  }
  const message = `The camera gives no picture: ${text}.`.replace(/\.\.$/, '.')
  return { way, problem: { message, passing: true }, reason: text === '' ? 'refused' : text }
}

/** What to tell of several ways that failed: what lasts before what passes, the first before the others. */
export const gravest = (problems: readonly PlaybackProblem[]): PlaybackProblem | undefined =>
  problems.find(({ passing }) => !passing) ?? problems[0]

/** For a codec the server agreed to and the browser then refused. */
export const refusedByBrowser = (codecs: string): PlaybackProblem => ({
  message: `This browser cannot play ${codecs}.`,
  remedy: codecs.includes('H265')
    ? 'Set the camera to H264, use its second stream, or open this page in Safari or in a browser with hardware H265.'
    : 'Try another browser, or set the camera to H264 and AAC.',
  passing: false,
})

/** For a browser that can do nothing of what was asked for. */
export const noWay: PlaybackProblem = {
  message: 'This browser cannot play live video in any of the ways that were asked for.',
  remedy: 'Update the browser, choose another way, or open the stream’s RTSP address in VLC.',
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
