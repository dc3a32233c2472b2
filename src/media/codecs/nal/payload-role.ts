import { hasStartCode, splitAnnexB } from './annex-b.ts'
import type { NalSink, NalSyntax } from './nal-syntax.ts'

/** What an RTP payload begins: a keyframe, another picture, or only what leads one. `rest` is a later piece, or nothing known. */
export type PayloadRole = 'keyframe' | 'picture' | 'leading' | 'rest'

/** Tells what the NAL units of a payload are, by the most telling of them. Never throws. */
export const payloadRole = (syntax: NalSyntax, payload: Buffer): PayloadRole => {
  look.start(syntax)
  syntax.unpack(payload, look)
  return look.role
}

/** Whether a payload with this role shows nothing of a picture yet. */
export const showsNothing = (role: PayloadRole): boolean => role === 'leading' || role === 'rest'

class Look implements NalSink {
  role: PayloadRole = 'rest'
  #syntax: NalSyntax | undefined

  start(syntax: NalSyntax): void {
    this.#syntax = syntax
    this.role = 'rest'
  }

  whole(nal: Buffer): void {
    this.#see(nal[0]!, nal)
  }

  begin(header: number, fragment: Buffer): void {
    this.#see(header >> (8 * (this.#syntax!.headerBytes - 1)), fragment)
  }

  more(): void {}

  end(): void {}

  broken(): void {}

  #see(firstByte: number, bytes: Buffer): void {
    const nal = this.#syntax!.role(firstByte)
    if (nal === 'keyframe') this.role = 'keyframe'
    else if (nal === 'picture') {
      if (this.role !== 'keyframe') this.role = 'picture'
    } else {
      if (this.role === 'rest') this.role = 'leading'
      // A parameter set with a whole keyframe behind it: see `UnitBuilder`.
      if (hasStartCode(bytes)) for (const hidden of splitAnnexB(bytes).slice(1)) this.#see(hidden[0]!, empty)
    }
  }
}

const empty = Buffer.alloc(0)

/** One for all: each picture of each stream is looked at, and a look is over before the next begins. */
const look = new Look()
