/** AMF 0 markers: a string, an array by names, and what ends it (Adobe FLV 10.1 §E.4.4). */
const STRING = 2
const ARRAY = 8
const NUMBER = 0
const END = 9

/** The data of a script tag that says `onMetaData` with these numbers, by their names. */
export const formatMetadata = (values: Readonly<Record<string, number>>): Buffer => {
  const entries = Object.entries(values)
  const count = Buffer.alloc(5)
  count[0] = ARRAY
  count.writeUInt32BE(entries.length, 1)
  return Buffer.concat([
    Buffer.of(STRING),
    named('onMetaData'),
    count,
    ...entries.flatMap(([name, value]) => [named(name), numberOf(value)]),
    Buffer.of(0, 0, END),
  ])
}

const named = (name: string): Buffer => {
  const bytes = Buffer.alloc(2 + name.length)
  bytes.writeUInt16BE(name.length)
  bytes.write(name, 2, 'latin1')
  return bytes
}

const numberOf = (value: number): Buffer => {
  const bytes = Buffer.alloc(9)
  bytes[0] = NUMBER
  bytes.writeDoubleBE(value, 1)
  return bytes
}
