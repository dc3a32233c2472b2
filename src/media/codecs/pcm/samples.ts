import { aLaw, type Companding, muLaw } from './companding.ts'
import type { PcmFormat } from './pcm-format.ts'

/** Samples of one channel, from −32 768 to 32 767, between which they may have fractions. */
export type Samples = Float32Array

const SAMPLE_MIN = -0x8000
const SAMPLE_MAX = 0x7fff

let tables: Readonly<Record<'PCMU' | 'PCMA', Companding>> | undefined

/** Made when the first samples need them: most servers never do. */
const companding = (name: 'PCMU' | 'PCMA'): Companding => {
  tables ??= { PCMU: muLaw(), PCMA: aLaw() }
  return tables[name]
}

/** The samples of each channel. A last block that is cut short is left out. */
export const readSamples = (bytes: Buffer, format: PcmFormat): readonly Samples[] => {
  const { channels, blockBytes } = format
  const read = reader(bytes, format)
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(Math.floor(bytes.length / blockBytes))
    for (let i = 0; i < samples.length; i++) samples[i] = read(i * channels + channel)
    return samples
  })
}

const reader = (bytes: Buffer, { name }: PcmFormat): ((index: number) => number) => {
  if (name === 'L16') return index => bytes.readInt16BE(2 * index)
  if (name === 'PCML') return index => bytes.readInt16LE(2 * index)
  const { samples } = companding(name)
  return index => samples[bytes[index]!]!
}

/** The bytes of samples, as many channels as the format has: rounded, and held within 16 bits. */
export const writeSamples = (planes: readonly Samples[], format: PcmFormat): Buffer => {
  const { channels, blockBytes } = format
  const blocks = planes[0]?.length ?? 0
  const bytes = Buffer.allocUnsafeSlow(blocks * blockBytes)
  const write = writer(bytes, format)
  for (const [channel, samples] of planes.entries())
    for (let i = 0; i < blocks; i++)
      write(i * channels + channel, Math.min(SAMPLE_MAX, Math.max(SAMPLE_MIN, Math.round(samples[i]!))))
  return bytes
}

const writer = (bytes: Buffer, { name }: PcmFormat): ((index: number, sample: number) => void) => {
  if (name === 'L16') return (index, sample) => bytes.writeInt16BE(sample, 2 * index)
  if (name === 'PCML') return (index, sample) => bytes.writeInt16LE(sample, 2 * index)
  const { codes } = companding(name)
  return (index, sample) => {
    bytes[index] = codes[(sample - SAMPLE_MIN) >> 2]!
  }
}

/** Two channels as one, by their average. */
export const mixed = (left: Samples, right: Samples): Samples => left.map((sample, i) => (sample + right[i]!) / 2)
