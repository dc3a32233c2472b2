import type { PlaybackProblem } from './playback-problem.ts'
import type { Way } from './ways.ts'

/** What a player is doing. */
export type PlayerStatus =
  /** Hidden, outside the page, or told no stream. */
  | { readonly state: 'idle' }
  | { readonly state: 'connecting' }
  /** The server agreed on codecs; the first keyframe is not there yet. */
  | { readonly state: 'waiting' }
  | { readonly state: 'playing'; readonly way: Way }
  /** Tries again by itself. */
  | { readonly state: 'reconnecting'; readonly problem: PlaybackProblem | undefined }
  /** Looks again seldom: somebody has to change something. */
  | { readonly state: 'failed'; readonly problem: PlaybackProblem }

/** A status in a word or two, as a badge shows it. */
export function statusWord(status: PlayerStatus): string {
  switch (status.state) {
    case 'idle':
      return 'paused'
    case 'connecting':
    case 'waiting':
      return 'loading'
    case 'playing':
      return { webrtc: 'RTC', mse: 'MSE', hls: 'HLS', mp4: 'MP4', mjpeg: 'MJPEG' }[status.way]
    case 'reconnecting':
      return status.problem === undefined ? 'loading' : 'error'
    case 'failed':
      return 'error'
  }
}

/** The same as a sentence; nothing while it plays. */
export function statusSentence(status: PlayerStatus): string {
  switch (status.state) {
    case 'idle':
    case 'playing':
      return ''
    case 'connecting':
      return 'Connecting to the camera…'
    case 'waiting':
      return 'Waiting for the first full picture…'
    case 'reconnecting':
      return status.problem?.message ?? 'Reconnecting…'
    case 'failed':
      return status.problem.message
  }
}
