import { hasStartCode, splitAnnexB } from './annex-b.ts'
import type { NalSink, NalSyntax } from './nal-syntax.ts'

/** What an RTP payload begins: a keyframe, another picture, or only what leads one. `rest` is a later piece, or nothing known. */
export type PayloadRole = 'keyframe' | 'picture' | 'leading' | 'rest'

/** Tells what the NAL units of a payload are, by the most telling of them. Never throws. */
export const payloadRole = (syntax: NalSyntax, payload: Buffer): PayloadRole => {
  let role: PayloadRole = 'rest'
  const see = (firstByte: number, bytes: Buffer): void => {
    const nal = syntax.role(firstByte)
    if (nal === 'keyframe') role = 'keyframe'
    else if (nal === 'picture') role = role === 'keyframe' ? role : 'picture'
    else {
      if (role === 'rest') role = 'leading'
      // A parameter set with a whole keyframe behind it: see `UnitBuilder`.
      if (hasStartCode(bytes)) for (const hidden of splitAnnexB(bytes).slice(1)) see(hidden[0]!, empty)
    }
  }
  const sink: NalSink = {
    whole: nal => see(nal[0]!, nal),
    begin: (header, fragment) => see(header >> (8 * (syntax.headerBytes - 1)), fragment),
    more() {},
    end() {},
    broken() {},
  }
  syntax.unpack(payload, sink)
  return role
}

const empty = Buffer.alloc(0)
