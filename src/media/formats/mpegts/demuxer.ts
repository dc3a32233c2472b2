import type { Demuxer, DemuxerSink } from '../demuxer.ts'
import { TrackGathering } from '../track-gathering.ts'
import { type TransportPacket, TransportPacketReader } from './packet-reader.ts'
import { type ElementarySink, PesReader, TimeUnwrapper } from './pes-reader.ts'
import { type AnnouncedStream, readProgramAssociation, readProgramMap } from './program-tables.ts'
import { SectionReader } from './section-reader.ts'
import { elementaryStreamFactory } from './stream-type.ts'

/** Where the program association is. */
const ASSOCIATION_PID = 0
/** Streams of a program that are read: a camera has two, some have several microphones. */
const STREAMS_MAX = 16

interface ReadStream {
  readonly streamType: number
  readonly elementary: ElementarySink
  pid: number
  pes: PesReader
}

/** Reads an MPEG transport stream (ISO/IEC 13818-1): the first program, and of it the codecs we know. */
export class MpegTsDemuxer implements Demuxer {
  readonly formatName = 'mpegts'
  readonly #gathering: TrackGathering
  readonly #packets = new TransportPacketReader(packet => this.#packet(packet))
  readonly #unwrapper = new TimeUnwrapper()
  readonly #associations = new SectionReader(section => this.#associate(section))
  readonly #maps = new SectionReader(section => this.#map(section))
  #mapPid = -1
  #lastMap: Buffer = Buffer.alloc(0)
  #streams: ReadStream[] = []

  constructor(into: DemuxerSink) {
    this.#gathering = new TrackGathering(into)
  }

  push(chunk: Buffer): void {
    this.#packets.push(chunk)
    if (!this.#gathering.settled && this.#gathering.complete) this.#gathering.settle()
  }

  settle(): void {
    this.#gathering.settle()
  }

  end(): void {
    for (const { pes } of this.#streams) pes.end()
    this.settle()
  }

  #packet(packet: TransportPacket): void {
    if (packet.pid === ASSOCIATION_PID) this.#associations.push(packet.payload, packet.begins)
    else if (packet.pid === this.#mapPid) this.#maps.push(packet.payload, packet.begins)
    else this.#find(packet.pid)?.pes.push(packet)
  }

  #find(pid: number): ReadStream | undefined {
    for (const stream of this.#streams) if (stream.pid === pid) return stream
    return undefined
  }

  #associate(section: Buffer): void {
    const pid = readProgramAssociation(section)
    if (pid === undefined || pid === this.#mapPid) return
    this.#mapPid = pid
    this.#maps.reset()
  }

  #map(section: Buffer): void {
    if (section.equals(this.#lastMap)) return
    const announced = readProgramMap(section)
    if (announced === undefined) return
    this.#lastMap = section
    const before = [...this.#streams]
    this.#streams = []
    for (const stream of announced.slice(0, STREAMS_MAX)) this.#announce(stream, before)
  }

  /** A stream that only moved to another PID, as after a discontinuity of HLS, goes on where it was. */
  #announce(announced: AnnouncedStream, before: ReadStream[]): void {
    const { pid, streamType } = announced
    const index = before.findIndex(stream => stream.streamType === streamType)
    const [known] = index < 0 ? [] : before.splice(index, 1)
    if (known !== undefined) {
      if (known.pid !== pid) {
        known.elementary.end()
        this.#streams.push({ ...known, pid, pes: new PesReader(known.elementary) })
      } else this.#streams.push(known)
      return
    }
    const make = elementaryStreamFactory(announced)
    if (make === undefined) return
    const elementary = make(this.#gathering.announce(), this.#unwrapper)
    this.#streams.push({ streamType, elementary, pid, pes: new PesReader(elementary) })
  }
}
