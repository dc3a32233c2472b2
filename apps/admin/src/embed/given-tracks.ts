import type { Gift } from './webrtc-query.ts'

/** The tracks that a person lets the page give, sound first. Call it from a gesture; rejects when they do not. */
export async function givenTracks(give: readonly Gift[]): Promise<readonly MediaStreamTrack[]> {
  // Without https there is no such object.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) throw new DOMException('no https', 'SecurityError')
  const tracks: MediaStreamTrack[] = []
  const wants = (gift: Gift): boolean => give.includes(gift)
  // The screen first: it may be asked for right after the gesture only.
  if (wants('display') || wants('speaker'))
    tracks.push(...(await devices.getDisplayMedia({ video: true, audio: wants('speaker') })).getTracks())
  if (wants('camera') || wants('microphone'))
    tracks.push(...(await devices.getUserMedia({ video: wants('camera'), audio: wants('microphone') })).getTracks())
  return tracks.toSorted((one, other) => one.kind.localeCompare(other.kind))
}
