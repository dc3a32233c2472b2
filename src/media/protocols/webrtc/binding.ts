import { classes, Message, methods } from 'werift'
import { addressIn, isStun, readStun, refusalIn } from './stun-message.ts'

/** Bytes of a connectivity check: real ones have some hundred. */
const CHECK_BYTES_MAX = 1500
const REQUEST = 0x0001
const CLASS_AND_METHOD = 0x3fff
/** Both sides want the same role (RFC 8445 §7.3.1.1). */
const ROLE_CONFLICT = 487

/** Which side chooses the way (RFC 8445 §2.3). */
export type IceRole = 'controlling' | 'controlled'

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
  /** What the way would be worth as a candidate of the peer's; 0 where it does not say. */
  readonly priority: number
  /** The role the peer takes, and what decides when both take the same one. */
  readonly role: IceRole | undefined
  readonly tieBreaker: bigint
}

/** A check of ours. */
export interface Check {
  readonly transactionId: Buffer
  readonly names: CheckNames
  readonly remotePassword: string
  readonly priority: number
  readonly role: IceRole
  readonly tieBreaker: bigint
  readonly nominates: boolean
}

/** What came of a check: it works, the peer has the same role, or it refuses. */
export type CheckAnswer =
  | { readonly kind: 'mapped'; readonly address: string; readonly port: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly code: number }

/** Whether it asks for an answer. */
export const isBindingRequest = (bytes: Buffer): boolean => (bytes.readUInt16BE(0) & CLASS_AND_METHOD) === REQUEST

/** The user name a check carries; nothing of it is proven yet. `undefined`: none, or it is broken. */
export const checkNames = (bytes: Buffer): CheckNames | undefined => {
  if (bytes.length > CHECK_BYTES_MAX) return undefined
  const name: unknown = readStun(bytes)?.getAttributeValue('USERNAME')
  if (typeof name !== 'string') return undefined
  const [local = '', remote = ''] = name.split(':')
  return { local, remote }
}

/** Reads a check whose sender knows `password`; `undefined` when it does not. */
export const readBindingRequest = (bytes: Buffer, password: string): BindingRequest | undefined => {
  if (!isStun(bytes) || !isBindingRequest(bytes)) return undefined
  const message = readStun(bytes, Buffer.from(password))
  if (message === undefined) return undefined
  const { transactionId, attributesKeys } = message
  const role = attributesKeys.includes('ICE-CONTROLLING')
    ? 'controlling'
    : attributesKeys.includes('ICE-CONTROLLED')
      ? 'controlled'
      : undefined
  const tie: unknown = role && message.getAttributeValue(role === 'controlling' ? 'ICE-CONTROLLING' : 'ICE-CONTROLLED')
  const priority: unknown = message.getAttributeValue('PRIORITY')
  return {
    ...{ transactionId, role, nominates: attributesKeys.includes('USE-CANDIDATE') },
    priority: typeof priority === 'number' ? priority : 0,
    tieBreaker: typeof tie === 'bigint' ? tie : 0n,
  }
}

/** The answer to a check that came from there. */
export const bindingResponse = (
  { transactionId }: Pick<BindingRequest, 'transactionId'>,
  password: string,
  address: string,
  port: number,
): Buffer =>
  new Message(methods.BINDING, classes.RESPONSE, transactionId, [['XOR-MAPPED-ADDRESS', [address, port]]])
    .addMessageIntegrity(Buffer.from(password))
    .addFingerprint().bytes

/** The answer to a check whose sender must take the other role. */
export const roleConflict = ({ transactionId }: Pick<BindingRequest, 'transactionId'>, password: string): Buffer =>
  new Message(methods.BINDING, classes.ERROR, transactionId, [['ERROR-CODE', [ROLE_CONFLICT, 'Role Conflict']]])
    .addMessageIntegrity(Buffer.from(password))
    .addFingerprint().bytes

/** A check. */
export const bindingRequest = (check: Check): Buffer => {
  const { transactionId, names, remotePassword, priority, role, tieBreaker, nominates } = check
  const message = new Message(methods.BINDING, classes.REQUEST, transactionId, [
    ['USERNAME', `${names.remote}:${names.local}`],
    ['PRIORITY', priority],
    [role === 'controlling' ? 'ICE-CONTROLLING' : 'ICE-CONTROLLED', tieBreaker],
  ])
  if (nominates) message.setAttribute('USE-CANDIDATE', null)
  return message.addMessageIntegrity(Buffer.from(remotePassword)).addFingerprint().bytes
}

/** Reads the answer to a check, whose sender knows `remotePassword`; `undefined` when it does not, or says nothing. */
export const readCheckAnswer = (bytes: Buffer, remotePassword: string): CheckAnswer | undefined => {
  const message = readStun(bytes, Buffer.from(remotePassword))
  if (message === undefined || message.messageMethod !== methods.BINDING) return undefined
  if (message.messageClass === classes.RESPONSE) {
    const mapped = addressIn(message, 'XOR-MAPPED-ADDRESS')
    return mapped && { kind: 'mapped', ...mapped }
  }
  if (message.messageClass !== classes.ERROR) return undefined
  const code = refusalIn(message)?.code
  if (code === undefined) return undefined
  return code === ROLE_CONFLICT ? { kind: 'conflict' } : { kind: 'refused', code }
}
