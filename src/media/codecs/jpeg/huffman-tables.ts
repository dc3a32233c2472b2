/** A Huffman table: how many codes there are of each length from 1 to 16, and what they stand for. */
export interface HuffmanTable {
  /** Class (0 DC, 1 AC) and number, as in the segment that defines it (ITU-T T.81 §B.2.4.2). */
  readonly id: number
  readonly content: Buffer
}

const table = (id: number, counts: string, values: string): HuffmanTable => ({
  id,
  content: Buffer.from(counts + values, 'hex'),
})

const differences = '000102030405060708090a0b'

/** The typical tables of ITU-T T.81 §K.3: RFC 2435 §3.1.1 takes them for given and never sends any. */
export const standardHuffmanTables: readonly HuffmanTable[] = [
  table(0x00, '00010501010101010100000000000000', differences),
  table(
    0x10,
    '0002010303020403050504040000017d',
    '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738' +
      '393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4' +
      'a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
  ),
  table(0x01, '00030101010101010101010000000000', differences),
  table(
    0x11,
    '00020102040403040705040400010277',
    '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a353637' +
      '38393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2' +
      'a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
  ),
]
