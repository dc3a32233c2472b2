import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

/** Bytes of the key, of a nonce (NIST SP 800-38D §5.2.1.1: 96 bits) and of a tag. */
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Hexadecimal digits of a reference: 128 bits of the HMAC, far beyond a chance collision. */
const REFERENCE_DIGITS = 32

/** Seals values and names them, with a key that lives outside the database. */
export interface SecretKey {
  /** The same for the same value, and says nothing about it without the key. 32 hexadecimal digits. */
  reference(value: string): string
  /** AES-256-GCM: nonce, tag, ciphertext. */
  seal(value: string): Buffer
  /** The value; `undefined` when another key has sealed it or it was changed since. */
  open(sealed: Buffer): string | undefined
}

/** The key of a file, which is made when missing, readable by its owner alone. */
export const readSecretKey = (file: string): SecretKey => {
  const secret = existingSecret(file) ?? newSecret(file)
  const derive = (purpose: string): Buffer => createHmac('sha256', secret).update(purpose).digest()
  const referenceKey = derive('reference')
  const sealKey = derive('seal')
  return {
    reference: value => createHmac('sha256', referenceKey).update(value).digest('hex').slice(0, REFERENCE_DIGITS),
    seal: value => seal(sealKey, value),
    open: sealed => open(sealKey, sealed),
  }
}

const existingSecret = (file: string): Buffer | undefined => {
  try {
    const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
    if (secret.length === KEY_BYTES) return secret
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  throw new Error(`${file} is not a key: it must hold ${KEY_BYTES * 2} hexadecimal digits; put the right one back`)
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const newSecret = (file: string): Buffer => {
  const secret = randomBytes(KEY_BYTES)
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeSync(descriptor, `${secret.toString('hex')}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return secret
}

const seal = (key: Buffer, value: string): Buffer => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

const open = (key: Buffer, sealed: Buffer): string | undefined => {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    return decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}
