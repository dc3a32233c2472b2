import { isIP } from 'node:net'
import { classes, Message, methods, parseMessage } from 'werift'

/** STUN's magic cookie (RFC 8489 §5). */
const COOKIE = 0x2112a442
const HEADER_BYTES = 20
const CLASS_MASK = 0x0110
const MESSAGE_INTEGRITY = 0x0008
/** What may follow the proof: another proof, and the fingerprint (RFC 8489 §14.5). */
const AFTER_INTEGRITY: ReadonlySet<number> = new Set([0x001c, 0x8028])

/** Whether bytes are a STUN message: other protocols of a port begin otherwise (RFC 7983 §7). */
export const isStun = (bytes: Buffer): boolean =>
  bytes.length >= HEADER_BYTES && bytes[0]! < 2 && bytes.readUInt32BE(4) === COOKIE

/** What a STUN message is, without reading it further. */
export const stunClass = (bytes: Buffer): classes => bytes.readUInt16BE(0) & CLASS_MASK

/** What an answer and its question have in common; hexadecimal. */
export const transactionOf = (bytes: Buffer): string => bytes.toString('hex', 8, HEADER_BYTES)

/**
 * Reads a message, with a `key` only one whose sender knows it. `undefined`: broken, changed on the way, or not
 * proven. Whatever anybody sends gets here: it never throws.
 */
export const readStun = (bytes: Buffer, key?: Buffer): Message | undefined => {
  if (!isStun(bytes)) return undefined
  try {
    const message = parseMessage(bytes, key)
    if (message === undefined || (key !== undefined && !endsWithProof(bytes))) return undefined
    return message
  } catch {
    return undefined
  }
}

/** Whether nothing was appended behind the proof, which does not cover it. */
const endsWithProof = (bytes: Buffer): boolean => {
  let isProven = false
  for (let at = HEADER_BYTES; at + 4 <= bytes.length; ) {
    const type = bytes.readUInt16BE(at)
    if (isProven && !AFTER_INTEGRITY.has(type)) return false
    if (type === MESSAGE_INTEGRITY) isProven = true
    at += 4 + Math.ceil(bytes.readUInt16BE(at + 2) / 4) * 4
  }
  return isProven
}

/** An address of a message: `undefined` where it is missing or none. */
export const addressIn = (
  message: Message,
  name: 'XOR-MAPPED-ADDRESS' | 'XOR-RELAYED-ADDRESS' | 'XOR-PEER-ADDRESS' | 'MAPPED-ADDRESS',
): { readonly address: string; readonly port: number } | undefined => {
  const value: unknown = message.getAttributeValue(name)
  if (!Array.isArray(value)) return undefined
  const [address, port] = value as readonly unknown[]
  if (typeof address !== 'string' || isIP(address) === 0 || typeof port !== 'number') return undefined
  return { address, port }
}

/** Why a request was refused (RFC 8489 §14.8): `undefined` when the message says no reason. */
export const refusalIn = (message: Message): { readonly code: number; readonly reason: string } | undefined => {
  const value: unknown = message.getAttributeValue('ERROR-CODE')
  if (!Array.isArray(value)) return undefined
  const [code, reason] = value as readonly unknown[]
  return typeof code === 'number' ? { code, reason: typeof reason === 'string' ? reason : '' } : undefined
}

/** A question about our own address, proven to nobody (RFC 8489 §12). */
export const addressQuestion = (): Buffer => new Message(methods.BINDING, classes.REQUEST).addFingerprint().bytes

/** Our address as the answer to that question says. `undefined`: it says none. */
export const addressAnswer = (bytes: Buffer): { readonly address: string; readonly port: number } | undefined => {
  const message = readStun(bytes)
  if (message?.messageClass !== classes.RESPONSE) return undefined
  return addressIn(message, 'XOR-MAPPED-ADDRESS') ?? addressIn(message, 'MAPPED-ADDRESS')
}
