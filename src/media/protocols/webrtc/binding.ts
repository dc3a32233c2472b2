import { randomBytes } from 'node:crypto'
import { classes, Message, methods, parseMessage } from 'werift'

/** STUN's magic cookie (RFC 8489 §5). */
const COOKIE = 0x2112a442
const HEADER_BYTES = 20
/** Bytes of a connectivity check: real ones have some hundred. */
const CHECK_BYTES_MAX = 1500
const REQUEST = 0x0001
const CLASS_AND_METHOD = 0x3fff
/** Of a peer that is checked by us: a host's, of which there is one (RFC 8445 §5.1.2.1). */
const PRIORITY = (110 << 24) | (65_535 << 8) | 255

/** Who checks whom: the parts of a check's user name, as its receiver sees them (RFC 8445 §7.2.2). */
export interface CheckNames {
  readonly local: string
  readonly remote: string
}

/** A connectivity check that came (RFC 8445 §7.3). */
export interface BindingRequest {
  readonly transactionId: Buffer
  /** The peer wants this pair to be the one. */
  readonly nominates: boolean
}

/** Whether bytes are a STUN message: other protocols of the port begin otherwise (RFC 7983 §7). */
export const isStun = (bytes: Buffer): boolean =>
  bytes.length >= HEADER_BYTES && bytes[0]! < 2 && bytes.readUInt32BE(4) === COOKIE

/** Whether it asks for an answer. */
export const isBindingRequest = (bytes: Buffer): boolean => (bytes.readUInt16BE(0) & CLASS_AND_METHOD) === REQUEST

/** The user name a check carries; nothing of it is proven yet. `undefined`: none, or it is broken. */
export const checkNames = (bytes: Buffer): CheckNames | undefined => {
  if (bytes.length > CHECK_BYTES_MAX) return undefined
  const name: unknown = parse(bytes)?.getAttributeValue('USERNAME')
  if (typeof name !== 'string') return undefined
  const [local = '', remote = ''] = name.split(':')
  return { local, remote }
}

/** Whatever anybody sends to the port gets here: nothing of it may throw. */
const parse = (bytes: Buffer, key?: Buffer): Message | undefined => {
  try {
    return parseMessage(bytes, key)
  } catch {
    return undefined
  }
}

/** Reads a check whose sender knows `password`; `undefined` when it does not. */
export const readBindingRequest = (bytes: Buffer, password: string): BindingRequest | undefined => {
  const message = parse(bytes, Buffer.from(password))
  if (message === undefined) return undefined
  const nominates = message.attributesKeys.includes('USE-CANDIDATE')
  return { transactionId: message.transactionId, nominates }
}

/** The answer to a check that came from there. */
export const bindingResponse = (
  { transactionId }: BindingRequest,
  password: string,
  address: string,
  port: number,
): Buffer =>
  new Message(methods.BINDING, classes.RESPONSE, transactionId, [['XOR-MAPPED-ADDRESS', [address, port]]])
    .addMessageIntegrity(Buffer.from(password))
    .addFingerprint().bytes

/** A check of ours: its answer does not matter, but it opens the way for the peer's. */
export const bindingRequest = ({ local, remote }: CheckNames, remotePassword: string): Buffer =>
  new Message(methods.BINDING, classes.REQUEST, randomBytes(12), [
    ['USERNAME', `${remote}:${local}`],
    ['PRIORITY', PRIORITY],
    ['ICE-CONTROLLED', randomBytes(8).readBigUInt64BE()],
  ])
    .addMessageIntegrity(Buffer.from(remotePassword))
    .addFingerprint().bytes
