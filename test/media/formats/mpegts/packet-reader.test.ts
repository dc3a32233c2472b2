import { expect, test } from 'vitest'
import { type TransportPacket, TransportPacketReader } from '#media/formats/mpegts/packet-reader.ts'

const packet = (head: string, fill = 0xaa): Buffer => {
  const bytes = Buffer.alloc(188, fill)
  bytes.write(head, 'hex')
  return bytes
}

const read = (bytes: Buffer, pieceBytes = bytes.length): readonly TransportPacket[] => {
  const packets: TransportPacket[] = []
  const reader = new TransportPacketReader(one => packets.push(one))
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
  return packets
}

test.each([
  { name: 'only a payload', head: '47410012', fields: { pid: 0x100, begins: true, continuity: 2 }, size: 184 },
  { name: 'adaptation', head: '4701ff35 0a80', fields: { pid: 0x1ff, begins: false, discontinuity: true }, size: 173 },
  { name: 'empty adaptation', head: '47010030 00', fields: { discontinuity: false, continuity: 0 }, size: 183 },
])('a packet with $name is read', ({ head, fields, size }) => {
  const [found] = read(packet(head.replace(' ', '')))
  expect(found).toMatchObject(fields)
  expect(found!.payload).toHaveLength(size)
})

test.each([
  { name: 'no payload', head: '47010020b7' },
  { name: 'an error', head: '47810010' },
  { name: 'scrambled content', head: '47010090' },
  { name: 'adaptation beyond its end', head: '47010030ff' },
])('a packet with $name is passed over', ({ head }) => {
  expect(read(packet(head))).toEqual([])
})

test('packets are found in pieces of any size, and behind garbage that looks like one', () => {
  const bytes = Buffer.concat([
    Buffer.from('0047aa', 'hex'),
    packet('47010010'),
    packet('47010011'),
    packet('47010012'),
  ])
  for (const size of [1, 3, 187, 188, 189, 1000])
    expect(read(bytes, size).map(({ continuity }) => continuity)).toEqual([0, 1, 2])
})
