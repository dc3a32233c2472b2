/** A media source for the simulated browser, which has none: takes what it supports and remembers what it was fed. */
export class RecordingMediaSource extends EventTarget {
  static supports: (type: string) => boolean = () => true
  static made: RecordingMediaSource[] = []
  static isTypeSupported = (type: string): boolean => RecordingMediaSource.supports(type)

  /** What was appended, in order. */
  readonly appended: number[][] = []

  constructor() {
    super()
    RecordingMediaSource.made.push(this)
    queueMicrotask(() => this.dispatchEvent(new Event('sourceopen')))
  }

  addSourceBuffer() {
    const { appended } = this
    return Object.assign(new EventTarget(), {
      updating: false,
      buffered: { length: 0, start: () => 0, end: () => 0 },
      remove: () => {},
      appendBuffer(piece: Uint8Array) {
        appended.push([...piece])
        queueMicrotask(() => this.dispatchEvent(new Event('updateend')))
      },
      dispatchEvent: EventTarget.prototype.dispatchEvent,
    })
  }
}

/** Gives the simulated browser what playing needs. */
export function installMediaSource(): void {
  Object.assign(window, { MediaSource: RecordingMediaSource })
  Object.assign(URL, { createObjectURL: () => 'blob:test', revokeObjectURL: () => {} })
  HTMLMediaElement.prototype.play = async () => {}
  HTMLMediaElement.prototype.load = () => {}
  const counted = { creationTime: 0, totalVideoFrames: 0, droppedVideoFrames: 0, corruptedVideoFrames: 0 }
  HTMLVideoElement.prototype.getVideoPlaybackQuality = () => counted
}
