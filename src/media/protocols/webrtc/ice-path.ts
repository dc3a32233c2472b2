/** A way to the peer. */
export interface IcePath {
  /** Tells it from every other way of the same session. */
  readonly key: string
  /** Where our packets leave: from the port that all share, or through a relay (TURN). */
  readonly from: 'port' | 'relay'
  readonly protocol: 'udp' | 'tcp'
  /** The peer's address, without a zone. */
  readonly address: string
  readonly port: number
  /** Of what our side of it is worth as a candidate, from 0 to 2³² − 1. */
  readonly priority: number
  /** Nothing leaves by it any more. */
  readonly isClosed: boolean
  /** Bytes that have not left. */
  readonly pendingBytes: number
  /** Sends packets one after another. True: their memory is still needed. */
  send(packets: readonly Buffer[]): boolean
  /** The peer has proven to be there: what comes from there is from now on the session's. */
  prove(): void
  close(): void
}

/** Where ways to addresses of the peer begin: a socket of the port, or a relay. */
export interface IceBase {
  readonly protocol: 'udp' | 'tcp'
  readonly family: 4 | 6
  /** The way to an address, the same one for the same address. `undefined`: there is none, or there are too many. */
  pathTo(address: string, port: number): IcePath | undefined
}
