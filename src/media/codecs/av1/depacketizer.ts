import { join } from '../../bytes/join.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { AssembledPicture, PictureAssembly } from '../picture-depacketizer.ts'
import { readAggregation } from './aggregation.ts'
import { isAv1Keyframe, isSuperfluous, type Obu, obuType, obuTypeOf, readObu, sizedHeader } from './obu.ts'

/** Units of one picture: a frame with as many tile groups as it may have tiles. */
const OBUS_MAX = 4096

/** What cannot come first. */
const laterTypes: ReadonlySet<number> = new Set([obuType.tileGroup, obuType.redundantFrameHeader])

/**
 * RTP payloads of AV1 to temporal units in the low-overhead format, without delimiters. The configuration is the
 * newest sequence header, in that format too.
 */
export class Av1Assembly implements PictureAssembly {
  #configuration: readonly Buffer[] = []

  begins(payload: Buffer): boolean {
    const { continues, elements } = readAggregation(payload)
    // Tiles and copies of a header come after a frame has begun: what was before them is lost.
    return !continues && !laterTypes.has(obuTypeOf(elements[0]![0] ?? 0))
  }

  assemble(payloads: readonly Buffer[]): AssembledPicture | undefined {
    const obus = elementsOf(payloads)
      .filter(element => element.length > 0)
      .map(element => readObu(element).obu)
      .filter(({ type }) => !isSuperfluous(type))
    if (obus.length === 0) return undefined
    this.#remember(obus)
    const frame = join(obus.flatMap(obu => [sizedHeader(obu), obu.payload]))
    return { keyframe: isAv1Keyframe(obus), frame, configuration: this.#configuration }
  }

  #remember(obus: readonly Obu[]): void {
    const sequence = obus.find(({ type }) => type === obuType.sequenceHeader)
    if (sequence === undefined) return
    const header = join([sizedHeader(sequence), sequence.payload])
    if (this.#configuration[0]?.equals(header) !== true) this.#configuration = [header]
  }
}

/** The units that payloads hold, those that go over several put together. */
const elementsOf = (payloads: readonly Buffer[]): readonly Buffer[] => {
  const whole: Buffer[] = []
  let open: Buffer[] = []
  for (const payload of payloads) {
    const { continues, continued, elements } = readAggregation(payload)
    if (continues !== open.length > 0) throw new MalformedError('AV1 pieces that do not follow each other')
    for (const [index, element] of elements.entries()) {
      open.push(element)
      if (continued && index === elements.length - 1) break
      whole.push(open.length === 1 ? element : join(open))
      open = []
    }
    if (whole.length > OBUS_MAX) throw new MalformedError('AV1 picture of too many units')
  }
  if (open.length > 0) throw new MalformedError('AV1 unit without its end')
  return whole
}
