import type { PacketGroup } from '../../core/packet-group.ts'
import { withoutZone } from '../../net/socket-address.ts'
import { bindUdpPair, NoPortsError, type UdpAddress, type UdpPortPair } from '../../net/udp-port.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { datagramsOf, type PlayerCarrier } from './player-carrier.ts'
import { type Pair, parseTransport, type Transport } from './transport-header.ts'

/**
 * Opens the way a player proposes for datagrams, to the address its connection comes from and no other: nobody
 * else gets them. `undefined` when it proposes none, or no ports are free. `heard` is told of each of its reports.
 */
export const dialPlayer = async (
  transport: string,
  remoteAddress: string,
  heard: () => void,
): Promise<PlayerCarrier | undefined> => {
  const ports = proposedPorts(transport)
  const address = /^(.*):\d+$/.exec(remoteAddress)?.[1]?.replace(/^\[|\]$/g, '')
  if (ports === undefined || address === undefined) return undefined
  try {
    const peer = withoutZone(address)
    const pair = await bindUdpPair(peer, {
      rtp: () => {},
      rtcp: (_bytes, from) => {
        if (from.address === peer) heard()
      },
    })
    return new DatagramPlayerCarrier(pair, peer, ports)
  } catch (error) {
    if (error instanceof NoPortsError) return undefined
    throw error
  }
}

const proposedPorts = (transport: string): Pair | undefined => {
  try {
    return parseTransport(transport).find(isDatagrams)?.clientPort
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}

const isDatagrams = ({ profile, clientPort }: Transport): boolean =>
  (profile === 'RTP/AVP' || profile === 'RTP/AVP/UDP') && clientPort !== undefined && clientPort[0] > 0

/** Packets as datagrams (RFC 2326 §12.39): nothing waits for the player, and what it does not take is lost. */
class DatagramPlayerCarrier implements PlayerCarrier {
  readonly protocol = 'rtsp+udp'
  readonly pendingBytes = 0
  readonly transport: string
  readonly #ports: UdpPortPair
  readonly #rtp: UdpAddress
  readonly #rtcp: UdpAddress

  constructor(ports: UdpPortPair, address: string, [rtp, rtcp]: Pair) {
    this.#ports = ports
    this.#rtp = { address, port: rtp }
    this.#rtcp = { address, port: rtcp }
    const ours = `${ports.rtp.port}-${ports.rtcp.port}`
    this.transport = `RTP/AVP;unicast;client_port=${rtp}-${rtcp};server_port=${ours}`
  }

  send(group: PacketGroup, payloadType: number): number {
    let sent = 0
    for (const datagram of datagramsOf(group, payloadType)) {
      this.#ports.rtp.send(datagram, this.#rtp)
      sent += datagram.length
    }
    return sent
  }

  sendRtcp(bytes: Buffer): void {
    this.#ports.rtcp.send(bytes, this.#rtcp)
  }

  [Symbol.dispose](): void {
    this.#ports.rtp.close()
    this.#ports.rtcp.close()
  }
}
