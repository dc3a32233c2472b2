/** 32-bit size and four-character type, ISO/IEC 14496-12 §4.2. */
const HEADER_BYTES = 8

/** One box with its content (ISO/IEC 14496-12 §4.2). */
export const box = (type: string, ...content: readonly Uint8Array[]): Buffer => {
  let size = HEADER_BYTES
  for (const part of content) size += part.length
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(size)
  header.write(type, 4, 'latin1')
  return Buffer.concat([header, ...content], size)
}

/** One box that begins with a version and flags (ISO/IEC 14496-12 §4.2). */
export const fullBox = (type: string, version: number, flags: number, ...content: readonly Uint8Array[]): Buffer =>
  box(type, u32(version * 2 ** 24 + flags), ...content)

/** 8-bit fields. */
export const u8 = (...values: readonly number[]): Buffer => Buffer.from(values)

/** 16-bit fields. */
export const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}

/** 32-bit fields. */
export const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** Characters, one byte each. */
export const text = (characters: string): Buffer => Buffer.from(characters, 'latin1')
