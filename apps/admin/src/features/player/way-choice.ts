import { readStored, writeStored } from '../../lib/stored.ts'

/** A way to play, or the best there is. */
export type WayChoice = 'auto' | 'webrtc' | 'mse' | 'hls' | 'mjpeg'

/** All choices, with the words that stand on them. */
export const wayChoices = [
  { value: 'auto', word: 'Auto' },
  { value: 'webrtc', word: 'WebRTC' },
  { value: 'mse', word: 'MSE' },
  { value: 'hls', word: 'HLS' },
  { value: 'mjpeg', word: 'MJPEG' },
] as const satisfies readonly { readonly value: WayChoice; readonly word: string }[]

const KEY = 'sightline.way'

/** What the player tries for a choice. */
export const modeOf = (choice: WayChoice): string => (choice === 'auto' ? 'webrtc,mse,hls,mjpeg' : choice)

/** What was chosen in this browser before. */
export function storedWay(): WayChoice {
  const stored = readStored(KEY)
  return wayChoices.find(({ value }) => value === stored)?.value ?? 'auto'
}

/** Keeps a choice in this browser. */
export const storeWay = (choice: WayChoice): void => writeStored(KEY, choice)
