import { hasStartCode, splitAnnexB } from './annex-b.ts'
import type { NalRole, NalSink, NalSyntax } from './nal-syntax.ts'
import type { ParameterSets } from './parameter-sets.ts'

/** Bytes of one access unit: go2rtc's limit; a 4K keyframe has about 1 MiB. */
const UNIT_BYTES_MAX = 5 * 1024 * 1024
/** Pieces of one access unit: 5 MiB in packets of 400 bytes. */
const PIECES_MAX = 13_000
/** The 4-byte length before each NAL unit of a sample. */
const LENGTH_BYTES = 4

/** A finished access unit's NAL units, one by one and strung together in the same memory. */
export interface BuiltUnit {
  readonly keyframe: boolean
  readonly parts: readonly Buffer[]
  readonly sample: Buffer
}

/**
 * Collects the NAL units of one access unit as views, and copies them once when it is whole.
 * Parameter sets go where they are remembered; a unit with a hole in it is never given.
 */
export class UnitBuilder implements NalSink {
  readonly #syntax: NalSyntax
  readonly #parameterSets: ParameterSets
  #pieces: Buffer[] = []
  /** For each finished NAL unit, the index after its last piece. */
  #ends: number[] = []
  #sizeBytes = 0
  #openRole: NalRole | undefined
  #pictures = 0
  #keyframe = false
  #broken = false
  /** Packets are missing before this unit: its first picture data must be the picture's beginning. */
  #doubtful = true

  constructor(syntax: NalSyntax, parameterSets: ParameterSets) {
    this.#syntax = syntax
    this.#parameterSets = parameterSets
  }

  /** Whether it has picture data: without, it is not a unit of its own. */
  get hasPicture(): boolean {
    return this.#pictures > 0
  }

  /** Packets are missing here. */
  gap(): void {
    if (this.#pieces.length > 0 || this.#pictures > 0) this.broken()
    else this.#doubtful = true
  }

  broken(): void {
    this.#broken = true
    this.#pieces = []
    this.#ends = []
    this.#openRole = undefined
  }

  whole(nal: Buffer): void {
    if (this.#openRole !== undefined) this.broken()
    if (nal.length < this.#syntax.headerBytes) return
    const role = this.#syntax.role(nal[0]!)
    if (role === 'picture' || role === 'keyframe') {
      this.#seePicture(role, nal[this.#syntax.headerBytes])
      this.#add(nal)
      this.#finishNal()
    } else if (hasStartCode(nal)) {
      // Some cameras send SPS, PPS and IDR as one NAL unit with start codes in between.
      for (const hidden of splitAnnexB(nal)) this.whole(hidden)
    } else if (role === 'parameter-set') {
      this.#parameterSets.remember(nal)
    } else if (role === 'attached') {
      this.#add(nal)
      this.#finishNal()
    }
  }

  begin(header: number, fragment: Buffer): void {
    if (this.#openRole !== undefined) this.broken()
    const { headerBytes } = this.#syntax
    const bytes = Buffer.allocUnsafe(headerBytes)
    bytes.writeUIntBE(header, 0, headerBytes)
    const role = this.#syntax.role(bytes[0]!)
    if (role === 'picture' || role === 'keyframe') this.#seePicture(role, fragment[0])
    this.#openRole = role
    this.#add(bytes)
    this.#add(fragment)
  }

  more(fragment: Buffer): void {
    if (this.#openRole === undefined) this.broken()
    else this.#add(fragment)
  }

  end(): void {
    const role = this.#openRole
    this.#openRole = undefined
    if (role === undefined || this.#broken) return
    if (role === 'picture' || role === 'keyframe') {
      this.#finishNal()
    } else {
      const nal = Buffer.concat(this.#pieces.splice(this.#ends.at(-1) ?? 0))
      this.#sizeBytes -= nal.length
      this.whole(nal)
    }
  }

  /** The unit, if it is whole; then begins the next one. */
  take(): BuiltUnit | undefined {
    const whole = this.#pictures > 0 && !this.#broken && this.#openRole === undefined
    const built = whole ? this.#copy() : undefined
    this.reset()
    return built
  }

  /** Forgets what it has and begins the next unit. */
  reset(): void {
    // A missing end may also be the next unit's missing beginning.
    this.#doubtful = this.#openRole !== undefined
    this.#pieces = []
    this.#ends = []
    this.#sizeBytes = 0
    this.#openRole = undefined
    this.#pictures = 0
    this.#keyframe = false
    this.#broken = false
  }

  /** The bit after the header says in H.264 (first_mb_in_slice = 0) and H.265 (first_slice_segment_in_pic_flag) alike: a picture begins. */
  #seePicture(role: NalRole, byteAfterHeader = 0): void {
    if (this.#pictures === 0 && this.#doubtful && (byteAfterHeader & 0x80) === 0) this.broken()
    this.#pictures++
    if (role === 'keyframe') this.#keyframe = true
  }

  #add(piece: Buffer): void {
    if (this.#broken) return
    this.#sizeBytes += piece.length
    if (this.#sizeBytes > UNIT_BYTES_MAX || this.#pieces.length >= PIECES_MAX) this.broken()
    else this.#pieces.push(piece)
  }

  #finishNal(): void {
    if (!this.#broken) this.#ends.push(this.#pieces.length)
  }

  #copy(): BuiltUnit {
    const sample = Buffer.allocUnsafeSlow(this.#sizeBytes + this.#ends.length * LENGTH_BYTES)
    const parts: Buffer[] = []
    let at = 0
    let piece = 0
    for (const end of this.#ends) {
      const start = at + LENGTH_BYTES
      at = start
      for (; piece < end; piece++) {
        const bytes = this.#pieces[piece]!
        sample.set(bytes, at)
        at += bytes.length
      }
      sample.writeUInt32BE(at - start, start - LENGTH_BYTES)
      parts.push(sample.subarray(start, at))
    }
    return { keyframe: this.#keyframe, parts, sample }
  }
}
