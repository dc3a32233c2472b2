import type { Packetizer } from './codec-spec.ts'

/** One packet a frame, whatever its size: neither Opus nor G.711 has a way to say that a frame goes on. */
export const framePacketizer: Packetizer = { packetize: unit => [unit.parts] }
