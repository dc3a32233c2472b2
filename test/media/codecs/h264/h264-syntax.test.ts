import fc from 'fast-check'
import { expect, test } from 'vitest'
import { h264Syntax } from '#media/codecs/h264/h264-syntax.ts'
import type { NalSink } from '#media/codecs/nal/nal-syntax.ts'

/** Writes down what it is given. */
const recorder = (): NalSink & { readonly calls: string[] } => {
  const calls: string[] = []
  return {
    calls,
    whole: nal => calls.push(`whole ${nal.toString('hex')}`),
    begin: (header, fragment) => calls.push(`begin ${header.toString(16)} ${fragment.toString('hex')}`),
    more: fragment => calls.push(`more ${fragment.toString('hex')}`),
    end: () => calls.push('end'),
    broken: () => calls.push('broken'),
  }
}

test.each([
  { name: 'a single NAL unit', hex: '6588aa', calls: ['whole 6588aa'] },
  { name: 'STAP-A', hex: '7800026742000268ce', calls: ['whole 6742', 'whole 68ce'] },
  { name: 'STAP-A with an empty place', hex: '780000000268ce', calls: ['whole 68ce'] },
  { name: 'STAP-A beyond its end', hex: '7800ff6742', calls: ['broken'] },
  { name: 'STAP-B', hex: '79000100026742', calls: ['whole 6742'] },
  { name: 'the first FU-A', hex: '7c85aa', calls: ['begin 65 aa'] },
  { name: 'a middle FU-A', hex: '7c05aa', calls: ['more aa'] },
  { name: 'the last FU-A', hex: '7c45aa', calls: ['more aa', 'end'] },
  { name: 'an FU-A that is first and last', hex: '7cc5aa', calls: ['begin 65 aa', 'end'] },
  { name: 'the first FU-B', hex: '7d850001aa', calls: ['begin 65 aa'] },
  { name: 'an FU-A cut short', hex: '7c', calls: ['broken'] },
  { name: 'MTAP16', hex: '7a0000', calls: ['broken'] },
])('takes $name apart', ({ hex, calls }) => {
  const into = recorder()
  h264Syntax.unpack(Buffer.from(hex, 'hex'), into)
  expect(into.calls).toEqual(calls)
})

test('no payload makes it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes => h264Syntax.unpack(Buffer.from(bytes), recorder())),
    {
      numRuns: 500,
    },
  )
})

test('parameter sets are told apart by kind and id', () => {
  const key = (hex: string): number => h264Syntax.parameterSetKey(Buffer.from(hex, 'hex'))
  expect(key('6742c00dda05825b011000000300100000030320f142aa')).toBe(0)
  expect(key('68ce0fc8')).toBe(0x100)
  expect(key('684e0fc8')).toBe(0x101)
})
