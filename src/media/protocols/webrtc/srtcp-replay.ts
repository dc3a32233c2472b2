/** What ends a protected packet (RFC 3711 §3.4): its number, behind one bit that says that it is encrypted, and its tag. */
const TAG_BYTES = 10
const NUMBER_BYTES = 4
const NUMBER_MASK = 0x7fffffff
const SSRC_AT = 4
/** Packets by which one may be late: they are few. */
const WINDOW_PACKETS = 128
/** Sources of one peer: each of its streams may report for itself. */
const SOURCES_MAX = 64

interface Source {
  highest: number
  /** Which of the last numbers have come, by number modulo the window. */
  readonly seen: Uint8Array
}

/** Which of a peer's control packets have come before (RFC 3711 §3.3.2): who recorded one shall not say it again. */
export class SrtcpReplay {
  readonly #sources = new Map<number, Source>()

  /** Takes note of a packet that has been proven to be the peer's, still protected. False: it came before, or is too late. */
  isNew(bytes: Buffer): boolean {
    const number = bytes.readUInt32BE(bytes.length - TAG_BYTES - NUMBER_BYTES) & NUMBER_MASK
    const source = this.#sourceOf(bytes.readUInt32BE(SSRC_AT))
    if (source === undefined) return false
    const { highest, seen } = source
    if (number <= highest - WINDOW_PACKETS || (number <= highest && seen[number % WINDOW_PACKETS] === 1)) return false
    if (number - highest >= WINDOW_PACKETS) seen.fill(0)
    else for (let skipped = highest + 1; skipped < number; skipped++) seen[skipped % WINDOW_PACKETS] = 0
    source.highest = Math.max(highest, number)
    seen[number % WINDOW_PACKETS] = 1
    return true
  }

  #sourceOf(ssrc: number): Source | undefined {
    const known = this.#sources.get(ssrc)
    if (known !== undefined || this.#sources.size >= SOURCES_MAX) return known
    const source = { highest: -1, seen: new Uint8Array(WINDOW_PACKETS) }
    this.#sources.set(ssrc, source)
    return source
  }
}
