import { AccessUnit } from '../core/access-unit.ts'
import { ticks } from '../runtime/units.ts'
import type { Packetizer } from './codec-spec.ts'

/**
 * Sound without frames to RTP payloads (RFC 3551 §4.5): packets hold whole blocks, each of which lasts one tick of
 * the clock. What a packet cannot hold is cut, and each piece gets the time of its first block.
 */
export const blockPacketizer = (blockBytes: number, payloadBytesMax: number): Packetizer => {
  const pieceBlocks = Math.max(1, Math.floor(payloadBytesMax / blockBytes))
  const pieceBytes = pieceBlocks * blockBytes
  return {
    packetize: unit => pieces(unit.sample, pieceBytes).map(piece => [piece]),
    split: unit =>
      unit.sizeBytes <= pieceBytes
        ? [unit]
        : pieces(unit.sample, pieceBytes).map(
            (piece, index) =>
              new AccessUnit({
                keyframe: true,
                decodingTime: ticks(unit.decodingTime + index * pieceBlocks),
                framing: 'frame',
                parts: [piece],
                configuration: unit.configuration,
                arrivedAt: unit.arrivedAt,
              }),
          ),
  }
}

const pieces = (bytes: Buffer, pieceBytes: number): readonly Buffer[] => {
  const cut: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) cut.push(bytes.subarray(at, at + pieceBytes))
  return cut
}
