/** One table: bytes when `precision` is 0, pairs of bytes when it is 1; in zigzag order (ITU-T T.81 §B.2.4.1). */
export interface QuantizationTable {
  readonly precision: 0 | 1
  readonly content: Buffer
}

/** Values of a table. */
const VALUES = 64
/** A row of a block. */
const ROW = 8

/** Bytes of a table of this precision. */
export const tableBytes = (precision: number): number => VALUES << precision

/** ITU-T T.81 §K.1, row by row. */
const luminance: readonly number[] = [
  ...[16, 11, 10, 16, 24, 40, 51, 61],
  ...[12, 12, 14, 19, 26, 58, 60, 55],
  ...[14, 13, 16, 24, 40, 57, 69, 56],
  ...[14, 17, 22, 29, 51, 87, 80, 62],
  ...[18, 22, 37, 56, 68, 109, 103, 77],
  ...[24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101],
  ...[72, 92, 95, 98, 112, 100, 103, 99],
]

/** The same for color: what is not here is 99. */
const chrominanceCorner: readonly (readonly number[])[] = [
  [17, 18, 24, 47],
  [18, 21, 26, 66],
  [24, 26, 56],
  [47, 66],
]

/** The tables for luminance and color of a quality from 1 to 99, RFC 2435 §4.2; above, the finest. */
export const tablesOfQuality = (quality: number): readonly [QuantizationTable, QuantizationTable] => {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  const scaled = (value: number): number => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100)))
  const table = (valueAt: (place: number) => number): QuantizationTable => ({
    precision: 0,
    content: Buffer.from(zigzag().map(place => scaled(valueAt(place)))),
  })
  return [
    table(place => luminance[place]!),
    table(place => chrominanceCorner[Math.floor(place / ROW)]?.[place % ROW] ?? 99),
  ]
}

/** Places in a block, along its diagonals: ITU-T T.81 figure 5. */
const zigzag = (): readonly number[] => {
  const places: number[] = []
  for (let diagonal = 0; diagonal < 2 * ROW - 1; diagonal++) {
    const line: number[] = []
    for (let row = Math.max(0, diagonal - ROW + 1); row <= Math.min(diagonal, ROW - 1); row++)
      line.push(row * ROW + diagonal - row)
    places.push(...(diagonal % 2 === 0 ? line.reverse() : line))
  }
  return places
}
