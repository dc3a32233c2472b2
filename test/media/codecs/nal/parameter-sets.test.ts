import { describe, expect, test } from 'vitest'
import { h264Syntax } from '#media/codecs/h264/h264-syntax.ts'
import { ParameterSets } from '#media/codecs/nal/parameter-sets.ts'

const sps = Buffer.from('6742c00dda05825b011000000300100000030320f142aa', 'hex')
const otherSps = Buffer.from('6742c028da01e0089f97011000000300100000030320f1832a', 'hex')
/** pic_parameter_set_id 0 and 1. */
const pps = Buffer.from('68ce0fc8', 'hex')
const secondPps = Buffer.from('684e0fc8', 'hex')

describe('parameter sets', () => {
  test('are a configuration only when there is one of each kind', () => {
    const sets = new ParameterSets(h264Syntax, [pps])
    expect(sets.configuration).toEqual([])
    sets.remember(sps)
    expect(sets.configuration).toEqual([sps, pps])
  })

  test('give the same array until one changes', () => {
    const sets = new ParameterSets(h264Syntax, [sps, pps])
    const before = sets.configuration
    sets.remember(Buffer.from(sps))
    expect(sets.configuration).toBe(before)
    sets.remember(otherSps)
    expect(sets.configuration).toEqual([otherSps, pps])
  })

  test('of another id stand beside each other', () => {
    const sets = new ParameterSets(h264Syntax, [sps, secondPps, pps])
    expect(sets.configuration).toEqual([sps, pps, secondPps])
  })

  test('own their bytes', () => {
    const lent = Buffer.from(sps)
    const sets = new ParameterSets(h264Syntax, [lent, pps])
    lent.fill(0)
    expect(sets.configuration[0]).toEqual(sps)
  })

  test.each([
    { name: 'an SPS that cannot be read', nal: Buffer.from('67ff', 'hex') },
    { name: 'an empty PPS', nal: Buffer.from('68', 'hex') },
    {
      name: 'a set too large for a sample entry',
      nal: Buffer.concat([Buffer.from('684e', 'hex'), Buffer.alloc(5000, 1)]),
    },
  ])('pass over $name', ({ nal }) => {
    const sets = new ParameterSets(h264Syntax, [sps, pps])
    sets.remember(nal)
    expect(sets.configuration).toEqual([sps, pps])
  })

  test('are bounded in number', () => {
    const sets = new ParameterSets(h264Syntax, [sps])
    // ue(v) of 0 to 62 in 1 to 11 bits, then a stop bit.
    for (let id = 0; id < 63; id++) {
      const code = (id + 1).toString(2)
      const bits = `${'0'.repeat(code.length - 1)}${code}1`.padEnd(16, '0')
      sets.remember(Buffer.from([0x68, Number.parseInt(bits.slice(0, 8), 2), Number.parseInt(bits.slice(8), 2)]))
    }
    expect(sets.configuration).toHaveLength(32)
  })
})
