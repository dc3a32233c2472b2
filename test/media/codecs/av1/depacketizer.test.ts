import { describe, expect, test } from 'vitest'
import { Av1Assembly } from '#media/codecs/av1/depacketizer.ts'
import { MalformedError } from '#media/runtime/errors.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
/** A sequence header, a keyframe and another frame, as they stand in RTP: without sizes. */
const sequence = '080000'
const key = '3010aa'
const other = '3030bb'

describe('the payloads of a picture', () => {
  test('become a temporal unit whose units say their sizes', () => {
    const picture = new Av1Assembly().assemble([hex(`28 03 ${sequence} ${key}`)])
    expect(picture?.frame.toString('hex')).toBe('0a020000320210aa')
    expect(picture?.keyframe).toBe(true)
    expect(picture?.configuration.map(header => header.toString('hex'))).toEqual(['0a020000'])
    expect(picture?.frame.buffer.byteLength).toBe(8)
  })

  test('keep the sequence header for later pictures, until it changes', () => {
    const assembly = new Av1Assembly()
    const payloads = [`28 03 ${sequence} ${key}`, `10 ${other}`, `28 03 ${sequence} ${key}`, `28 03 080100 ${key}`]
    const configurations = payloads.map(payload => assembly.assemble([hex(payload)])!.configuration)
    expect(configurations.map(one => configurations.indexOf(one))).toEqual([0, 0, 0, 3])
  })

  test('hold units that go over several', () => {
    const picture = new Av1Assembly().assemble([hex(`68 03 ${sequence} 30`), hex('d0 10'), hex('90 aa')])
    expect(picture?.frame.toString('hex')).toBe('0a020000320210aa')
  })

  test('may bring delimiters, padding, and sizes that are not needed', () => {
    const picture = new Av1Assembly().assemble([hex('00 02 1200 01 78 04 3202 30bb 00')])
    expect(picture?.frame.toString('hex')).toBe('320230bb')
    expect(new Av1Assembly().assemble([hex('10 1200')])).toBeUndefined()
  })

  test.each([
    { name: 'that ends within a unit', payloads: [`50 ${key}`] },
    { name: 'that goes on with nothing', payloads: [`10 ${key}`, '90 aa'] },
    { name: 'whose unit does not go on', payloads: [`50 ${key}`, `10 ${key}`] },
    {
      name: 'of more units than there are tiles',
      payloads: Array.from({ length: 17 }, () => `00${'0100'.repeat(250)}`),
    },
  ])('are refused of a picture $name', ({ payloads }) => {
    expect(() => new Av1Assembly().assemble(payloads.map(hex))).toThrow(MalformedError)
  })

  test('begin with what may stand first', () => {
    const assembly = new Av1Assembly()
    const begins = [`10 ${key}`, `10 ${sequence}`, `90 ${key}`, '10 2000', '10 3800'].map(one =>
      assembly.begins(hex(one)),
    )
    expect(begins).toEqual([true, true, false, false, false])
  })
})
