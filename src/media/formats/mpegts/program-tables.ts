import { MalformedError } from '../../runtime/errors.ts'

/** table_id of the two tables we read (ISO/IEC 13818-1 table 2-31). */
const PROGRAM_ASSOCIATION = 0x00
const PROGRAM_MAP = 0x02
/** Bytes before the entries of a section with `section_syntax_indicator`. */
const ASSOCIATION_HEAD_BYTES = 8
const MAP_HEAD_BYTES = 12
/** A descriptor that names who defines a private stream (§2.6.8), and DVB's extension descriptor. */
const REGISTRATION = 0x05
const EXTENSION = 0x7f

/** One elementary stream as a program map announces it (ISO/IEC 13818-1 §2.4.4.9). */
export interface AnnouncedStream {
  readonly pid: number
  readonly streamType: number
  /** Four characters of its registration descriptor; empty without one. */
  readonly registration: string
  /** The content of DVB's extension descriptor for Opus: its channel configuration code. */
  readonly opusChannels: number | undefined
}

/** The PID of the first program's map; `undefined` when the section is no program association, or announces none. */
export const readProgramAssociation = (section: Buffer): number | undefined => {
  if (section[0] !== PROGRAM_ASSOCIATION) return undefined
  for (let at = ASSOCIATION_HEAD_BYTES; at + 4 <= section.length; at += 4) {
    // Program 0 is the network's own table.
    if (section.readUInt16BE(at) !== 0) return section.readUInt16BE(at + 2) & 0x1fff
  }
  return undefined
}

/** The streams of a program; `undefined` when the section is no program map. Throws `MalformedError`. */
export const readProgramMap = (section: Buffer): readonly AnnouncedStream[] | undefined => {
  if (section[0] !== PROGRAM_MAP || section.length < MAP_HEAD_BYTES) return undefined
  const streams: AnnouncedStream[] = []
  let at = MAP_HEAD_BYTES + (section.readUInt16BE(10) & 0x0fff)
  while (at + 5 <= section.length) {
    const end = at + 5 + (section.readUInt16BE(at + 3) & 0x0fff)
    if (end > section.length) throw new MalformedError('MPEG-TS descriptors beyond their section', at)
    const descriptors = readDescriptors(section.subarray(at + 5, end))
    const extension = descriptors.get(EXTENSION)
    streams.push({
      streamType: section[at]!,
      pid: section.readUInt16BE(at + 1) & 0x1fff,
      registration: descriptors.get(REGISTRATION)?.toString('latin1', 0, 4) ?? '',
      // descriptor_tag_extension 0x80 is Opus (ETSI TS 103 491's registration).
      opusChannels: extension?.[0] === 0x80 ? extension[1] : undefined,
    })
    at = end
  }
  return streams
}

/** Descriptors by tag; of several with one tag the first. */
const readDescriptors = (bytes: Buffer): ReadonlyMap<number, Buffer> => {
  const found = new Map<number, Buffer>()
  for (let at = 0; at + 2 <= bytes.length; ) {
    const [tag = 0, size = 0] = bytes.subarray(at, at + 2)
    if (!found.has(tag)) found.set(tag, bytes.subarray(at + 2, at + 2 + size))
    at += 2 + size
  }
  return found
}
