import fc from 'fast-check'
import { expect, test } from 'vitest'
import { h265Syntax } from '#media/codecs/h265/h265-syntax.ts'
import type { NalSink } from '#media/codecs/nal/nal-syntax.ts'
import { MalformedError } from '#media/runtime/errors.ts'

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
  { name: 'a single NAL unit', hex: '2601af', calls: ['whole 2601af'] },
  { name: 'an aggregation packet', hex: '6001000340010c0003420101', calls: ['whole 40010c', 'whole 420101'] },
  { name: 'an aggregation packet beyond its end', hex: '600100ff40010c', calls: ['broken'] },
  { name: 'the first fragment', hex: '620193af', calls: ['begin 2601 af'] },
  { name: 'a middle fragment', hex: '620113af', calls: ['more af'] },
  { name: 'the last fragment', hex: '620153af', calls: ['more af', 'end'] },
  { name: 'a fragment that is first and last, as OpenIPC sends it', hex: '6201d3af', calls: ['begin 2601 af', 'end'] },
  { name: 'a fragment cut short', hex: '6201', calls: ['broken'] },
  { name: 'PACI', hex: '640100', calls: ['broken'] },
  { name: 'one byte', hex: '26', calls: ['broken'] },
])('takes $name apart', ({ hex, calls }) => {
  const into = recorder()
  h265Syntax.unpack(Buffer.from(hex, 'hex'), into)
  expect(into.calls).toEqual(calls)
})

test('no payload makes it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes => h265Syntax.unpack(Buffer.from(bytes), recorder())),
    {
      numRuns: 500,
    },
  )
})

test('parameter sets are told apart by kind and id', () => {
  const key = (hex: string): number => h265Syntax.parameterSetKey(Buffer.from(hex, 'hex'))
  expect(key('40010c01ffff')).toBe(0)
  expect(key('420101016000000300900000030000030096a001e020021c5965654a4c2f016808000003000800000300c840')).toBe(0x100)
  expect(key('4401c073c189')).toBe(0x200)
  expect(() => key('4401')).toThrow(MalformedError)
})
