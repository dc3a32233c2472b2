import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { JpegReader } from '../../formats/mjpeg/jpeg-reader.ts'
import type { PictureReader } from './picture-decoder.ts'

/** JPEG files, one after another; one of more than 5 MiB is passed over. */
export const jpegPictures: PictureReader = tell => {
  const reader = new JpegReader(tell)
  return chunk => {
    for (let at = 0; at < chunk.length; ) at = reader.scan(chunk, at)
  }
}

/** Pictures of so many bytes each. */
export const pixelPictures =
  (sizeBytes: number): PictureReader =>
  tell => {
    const waiting = new ChunkQueue()
    return chunk => {
      waiting.push(chunk)
      for (let picture = waiting.take(sizeBytes); picture !== undefined; picture = waiting.take(sizeBytes))
        tell(picture)
    }
  }
