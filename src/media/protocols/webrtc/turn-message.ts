import { createHash, randomBytes } from 'node:crypto'
import { classes, Message, methods } from 'werift'
import type { UdpAddress } from '../../net/udp-port.ts'
import { addressIn, readStun, refusalIn } from './stun-message.ts'

/** UDP, as REQUESTED-TRANSPORT names it (RFC 8656 §18.8). */
const REQUESTED_UDP = 17 * 2 ** 24
/** Channels (RFC 8656 §12): their numbers, and the head before each packet. */
const CHANNEL_HEAD_BYTES = 4
const CHANNEL_FIRST = 0x4000
const CHANNEL_LAST = 0x4fff
const STUN_HEAD_BYTES = 20

/** What is asked of a TURN server. */
export type TurnRequest =
  | { readonly method: 'allocate'; readonly lifetimeSeconds: number }
  | { readonly method: 'refresh'; readonly lifetimeSeconds: number }
  | { readonly method: 'bind'; readonly channel: number; readonly peer: UdpAddress }

/** Who asks, once the server has said what it wants to know (RFC 8489 §9.2). */
export interface TurnIdentity {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  readonly key: Buffer
}

/** What a TURN server answers. */
export type TurnAnswer =
  | {
      readonly kind: 'done'
      readonly relayed: UdpAddress | undefined
      readonly mapped: UdpAddress | undefined
      readonly lifetimeSeconds: number | undefined
    }
  /** It wants to know who asks, by this nonce. */
  | { readonly kind: 'challenge'; readonly realm: string | undefined; readonly nonce: string }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }

/** The key of a user's proofs (RFC 8489 §9.2.2). */
export const turnKey = (username: string, realm: string, credential: string): Buffer =>
  createHash('md5').update(`${username}:${realm}:${credential}`).digest()

/** A request, proven where it is known who asks. */
export const formatTurnRequest = (request: TurnRequest, identity: TurnIdentity | undefined): Buffer => {
  const method = { allocate: methods.ALLOCATE, refresh: methods.REFRESH, bind: methods.CHANNEL_BIND }[request.method]
  const message = new Message(method, classes.REQUEST, randomBytes(12))
  if (request.method === 'allocate') message.setAttribute('REQUESTED-TRANSPORT', REQUESTED_UDP)
  if (request.method === 'bind') {
    message.setAttribute('CHANNEL-NUMBER', request.channel)
    message.setAttribute('XOR-PEER-ADDRESS', [request.peer.address, request.peer.port])
  } else message.setAttribute('LIFETIME', request.lifetimeSeconds)
  if (identity === undefined) return message.addFingerprint().bytes
  const { username, realm, nonce, key } = identity
  message.setAttribute('USERNAME', username).setAttribute('REALM', realm)
  message.setAttribute('NONCE', Buffer.from(nonce, 'latin1'))
  return message.addMessageIntegrity(key).addFingerprint().bytes
}

/** Reads an answer; one that grants something must be proven where we are known. `undefined`: it is none. */
export const readTurnAnswer = (bytes: Buffer, identity: TurnIdentity | undefined): TurnAnswer | undefined => {
  const message = readStun(bytes)
  if (message === undefined) return undefined
  if (message.messageClass === classes.RESPONSE) {
    if (identity !== undefined && readStun(bytes, identity.key) === undefined) return undefined
    const lifetime: unknown = message.getAttributeValue('LIFETIME')
    return {
      kind: 'done',
      relayed: addressIn(message, 'XOR-RELAYED-ADDRESS'),
      mapped: addressIn(message, 'XOR-MAPPED-ADDRESS'),
      lifetimeSeconds: typeof lifetime === 'number' ? lifetime : undefined,
    }
  }
  const refusal = refusalIn(message)
  if (message.messageClass !== classes.ERROR || refusal === undefined) return undefined
  const nonce = textIn(message.getAttributeValue('NONCE'))
  const realm = textIn(message.getAttributeValue('REALM'))
  if (nonce !== undefined && (refusal.code === 401 || refusal.code === 438)) return { kind: 'challenge', realm, nonce }
  return { kind: 'refused', ...refusal }
}

/** A nonce is any bytes to us. */
const textIn = (value: unknown): string | undefined => {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  return typeof value === 'string' ? value : undefined
}

/** What a peer sent that has no channel yet (RFC 8656 §11.6). `undefined`: it is no such message. */
export const readDataIndication = (bytes: Buffer): { readonly data: Buffer; readonly peer: UdpAddress } | undefined => {
  const message = readStun(bytes)
  if (message?.messageClass !== classes.INDICATION || message.messageMethod !== methods.DATA) return undefined
  const peer = addressIn(message, 'XOR-PEER-ADDRESS')
  const data: unknown = message.getAttributeValue('DATA')
  return peer !== undefined && Buffer.isBuffer(data) ? { data, peer } : undefined
}

/** A packet in its channel (RFC 8656 §12.4), padded where a stream carries it. */
export const formatChannelData = (channel: number, data: Buffer, isStream: boolean): Buffer => {
  const bytes = CHANNEL_HEAD_BYTES + data.length
  const framed = Buffer.alloc(isStream ? padded(bytes) : bytes)
  framed.writeUInt16BE(channel, 0)
  framed.writeUInt16BE(data.length, 2)
  framed.set(data, CHANNEL_HEAD_BYTES)
  return framed
}

/** A packet that came in a channel. `undefined`: it is something else, or cut off. */
export const readChannelData = (bytes: Buffer): { readonly channel: number; readonly data: Buffer } | undefined => {
  if (bytes.length < CHANNEL_HEAD_BYTES) return undefined
  const channel = bytes.readUInt16BE(0)
  const end = CHANNEL_HEAD_BYTES + bytes.readUInt16BE(2)
  if (channel < CHANNEL_FIRST || channel > CHANNEL_LAST || end > bytes.length) return undefined
  return { channel, data: bytes.subarray(CHANNEL_HEAD_BYTES, end) }
}

/** Bytes of the message that a stream goes on with, padding included; its first four are given (RFC 8656 §12.5). */
export const framedBytes = (head: Buffer): number =>
  head[0]! < 0x40 ? STUN_HEAD_BYTES + head.readUInt16BE(2) : padded(CHANNEL_HEAD_BYTES + head.readUInt16BE(2))

const padded = (count: number): number => Math.ceil(count / 4) * 4
