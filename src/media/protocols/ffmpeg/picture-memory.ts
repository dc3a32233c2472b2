/** Bytes and pictures that are remembered. */
const BYTES_MAX = 64 * 1024 * 1024
const PICTURES_MAX = 512

/** A picture that was made. */
export interface RememberedPicture {
  readonly jpeg: Buffer
  /** The keyframe it is of, by whatever tells keyframes apart. */
  readonly keyframe: string
  /** When it was the newest, in milliseconds of the engine's clock. */
  readonly seenAt: number
}

/** The newest picture of each stream and form, for whoever is content with an older one. The one unused for longest goes first. */
export class PictureMemory {
  /** Least recently used first. */
  readonly #pictures = new Map<string, RememberedPicture>()
  #bytes = 0

  /** Bytes of all pictures. */
  get sizeBytes(): number {
    return this.#bytes
  }

  /** Pictures that are remembered. */
  get count(): number {
    return this.#pictures.size
  }

  /** The picture of a key; it is then the one that was used last. */
  get(key: string): RememberedPicture | undefined {
    const picture = this.#pictures.get(key)
    if (picture === undefined) return undefined
    this.#pictures.delete(key)
    this.#pictures.set(key, picture)
    return picture
  }

  /** Remembers a picture, in place of the one before. One that is larger than all may be together is not. */
  set(key: string, picture: RememberedPicture): void {
    this.#forget(key)
    if (picture.jpeg.length > BYTES_MAX) return
    this.#pictures.set(key, picture)
    this.#bytes += picture.jpeg.length
    for (const oldest of this.#pictures.keys()) {
      if (this.#bytes <= BYTES_MAX && this.#pictures.size <= PICTURES_MAX) return
      this.#forget(oldest)
    }
  }

  /** Forgets every picture whose key is not wanted any more. */
  prune(wanted: (key: string) => boolean): void {
    for (const key of [...this.#pictures.keys()]) if (!wanted(key)) this.#forget(key)
  }

  #forget(key: string): void {
    this.#bytes -= this.#pictures.get(key)?.jpeg.length ?? 0
    this.#pictures.delete(key)
  }
}
