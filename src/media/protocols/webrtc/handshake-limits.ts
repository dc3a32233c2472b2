import { isIP } from 'node:net'
import { isLoopback, withoutZone } from '../../net/socket-address.ts'
import { LimitError } from '../../runtime/errors.ts'

/** Peers that may be on their way at once: each costs a handshake, and most of thousands would be nobody. */
const HANDSHAKES_MAX = 200
/** Peers at once: more than one process can feed. */
const SESSIONS_MAX = 2000
/**
 * The same for one address: a wall of screens behind one router opens some dozen at once, and whoever makes offers
 * for nothing leaves room for all others. An IPv6 network of 64 bits is one address, as one customer has it.
 */
const HANDSHAKES_PER_ADDRESS_MAX = 50
const SESSIONS_PER_ADDRESS_MAX = 1000
const NETWORK_GROUPS = 4
const GROUPS = 8

/** How many of one kind are there, in all and of each address. */
class Crowd {
  readonly #what: string
  readonly #max: number
  readonly #perAddressMax: number
  readonly #addresses = new Map<string, number>()
  #count = 0

  constructor(what: string, max: number, perAddressMax: number) {
    this.#what = what
    this.#max = max
    this.#perAddressMax = perAddressMax
  }

  /** Throws a `LimitError` where there is no room. An empty address is nobody's. */
  check(address: string): void {
    if (this.#count >= this.#max) throw new LimitError(this.#what, this.#max)
    if (address !== '' && (this.#addresses.get(address) ?? 0) >= this.#perAddressMax)
      throw new LimitError(`${this.#what} from one address`, this.#perAddressMax)
  }

  /** One more, until what is given back is called, once or more. */
  enter(address: string): () => void {
    this.#count++
    this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + 1)
    let isThere = true
    return () => {
      if (!isThere) return
      isThere = false
      this.#count--
      const left = (this.#addresses.get(address) ?? 1) - 1
      if (left > 0) this.#addresses.set(address, left)
      else this.#addresses.delete(address)
    }
  }
}

/** Counts who is on the way and who is there. */
export class HandshakeLimits {
  readonly #arriving = new Crowd('browsers that connect at once', HANDSHAKES_MAX, HANDSHAKES_PER_ADDRESS_MAX)
  readonly #present = new Crowd('browsers at once', SESSIONS_MAX, SESSIONS_PER_ADDRESS_MAX)

  /**
   * Admits one more, who is on the way until what is given back is disposed, and there until `closed`.
   * `remoteAddress` is `address:port`. This machine itself has only the limits of all: whoever comes through its
   * proxy or its Home Assistant is it; and so has nobody, for sources of ours. Throws a `LimitError`.
   */
  admit(remoteAddress: string, closed: Promise<unknown>): Disposable {
    const address = ownerOf(remoteAddress)
    this.#arriving.check(address)
    this.#present.check(address)
    const arrived = this.#arriving.enter(address)
    void closed.then(this.#present.enter(address)).then(arrived)
    return { [Symbol.dispose]: arrived }
  }
}

/** Whose limit counts: an IPv4 address, an IPv6 network, nobody's for this machine and for what is no address. */
const ownerOf = (remoteAddress: string): string => {
  const host = /^\[(.*)\](?::\d+)?$/.exec(remoteAddress)?.[1] ?? remoteAddress.replace(/^([^:]*):\d+$/, '$1')
  const address = withoutZone(host)
  if (isLoopback(address)) return ''
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : ''
  const [head = '', tail] = address.toLowerCase().split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const between = tail === undefined ? [] : Array.from({ length: GROUPS - first.length - last.length }, () => '0')
  return [...first, ...between, ...last]
    .slice(0, NETWORK_GROUPS)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
