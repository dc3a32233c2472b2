import type { StillPicture } from './stills-session.ts'

/** Milliseconds a keyframe may take to be decoded. */
const DECODE_MS_MAX = 5_000
/** Of a picture made from a keyframe: hardly to be told from the original. */
const JPEG_QUALITY = 0.9

/** Decodes a JPEG. Rejects when it is none. */
export async function developJpeg(message: ArrayBuffer): Promise<StillPicture> {
  return await decoded(URL.createObjectURL(new Blob([message], { type: 'image/jpeg' })))
}

/** Decodes an MP4 file with one keyframe. Rejects when the browser cannot. */
export async function developKeyframe(message: ArrayBuffer): Promise<StillPicture> {
  const url = URL.createObjectURL(new Blob([message], { type: 'video/mp4' }))
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, preload: 'auto' })
  try {
    video.src = url
    await happened(video, 'loadeddata')
    const canvas = document.createElement('canvas')
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY))
    if (blob === null) throw new TypeError('an empty picture')
    return await decoded(URL.createObjectURL(blob))
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(url)
  }
}

/** Decoded before it is shown, so that the poster changes without a flicker. */
async function decoded(url: string): Promise<StillPicture> {
  const image = new Image()
  image.src = url
  try {
    await image.decode()
  } catch (error) {
    URL.revokeObjectURL(url)
    throw error
  }
  return { url, width: image.naturalWidth, height: image.naturalHeight, release: () => URL.revokeObjectURL(url) }
}

function happened(video: HTMLVideoElement, type: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const signal = AbortSignal.timeout(DECODE_MS_MAX)
  video.addEventListener(type, () => resolve(), { once: true, signal })
  video.addEventListener('error', () => reject(video.error), { once: true, signal })
  signal.addEventListener('abort', () => reject(signal.reason))
  return promise
}
