/** A video element that fills what it stands in. Its look is set by properties, which every content policy allows. */
export function createVideo(): HTMLVideoElement {
  const video = document.createElement('video')
  Object.assign(video, { controls: true, playsInline: true, preload: 'auto' })
  Object.assign(video.style, { display: 'block', width: '100%', height: '100%' })
  return video
}

/** Takes away all that a video element shows, and the memory it needs for it. */
export function emptyVideo(video: HTMLVideoElement): void {
  video.srcObject = null
  for (const name of ['src', 'poster']) video.removeAttribute(name)
  video.load()
}
