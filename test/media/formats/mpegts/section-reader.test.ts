import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32 } from '#media/formats/mpegts/crc32.ts'
import { readProgramAssociation, readProgramMap } from '#media/formats/mpegts/program-tables.ts'
import { SectionReader } from '#media/formats/mpegts/section-reader.ts'
import { MediaError } from '#media/runtime/errors.ts'

/** As ffmpeg writes them: program 1 at PID 0x1000; H.264 at 0x100, AAC at 0x101. */
const association = Buffer.from('00b00d0001c100000001f0002ab104b2', 'hex')
const map = Buffer.from('02b0170001c10000e100f0001be100f0000fe101f0002f44b99b', 'hex')

const read = (...payloads: readonly (readonly [hex: Buffer, begins: boolean])[]): readonly Buffer[] => {
  const sections: Buffer[] = []
  const reader = new SectionReader(section => sections.push(section))
  for (const [payload, begins] of payloads) reader.push(payload, begins)
  return sections
}
const filler = Buffer.alloc(20, 0xff)

describe('sections', () => {
  test('have a checksum', () => {
    expect(crc32(association.subarray(0, -4)).toString(16)).toBe('2ab104b2')
    expect([crc32(association), crc32(map)]).toEqual([0, 0])
  })

  test('are put together from packets', () => {
    const whole = map.subarray(0, -4)
    expect(read([Buffer.concat([Buffer.of(0), map, filler]), true])).toEqual([whole])
    expect(read([Buffer.concat([Buffer.of(0), map.subarray(0, 9)]), true], [map.subarray(9), false])).toEqual([whole])
    const next = Buffer.concat([Buffer.of(map.length - 9), map.subarray(9), association, filler])
    expect(read([Buffer.concat([Buffer.of(0), map.subarray(0, 9)]), true], [next, true])).toHaveLength(2)
  })

  test('that are damaged or without a beginning are passed over', () => {
    const damaged = Buffer.from(map)
    damaged[14]! ^= 1
    expect(read([Buffer.concat([Buffer.of(0), damaged, filler]), true], [map, false])).toEqual([])
    expect(read([map, false])).toEqual([])
  })
})

describe('program tables', () => {
  test('tell where the first program’s map is, and what streams it has', () => {
    expect(readProgramAssociation(association.subarray(0, -4))).toBe(0x1000)
    expect(readProgramMap(map.subarray(0, -4))).toEqual([
      { pid: 0x100, streamType: 0x1b, registration: '', opusChannels: undefined },
      { pid: 0x101, streamType: 0x0f, registration: '', opusChannels: undefined },
    ])
  })

  test('tell what private streams are', () => {
    const private6 = Buffer.from('02b01f0001c10000e100f000 06e100f00a 05044f707573 7f028001'.replaceAll(' ', ''), 'hex')
    expect(readProgramMap(private6)).toEqual([{ pid: 0x100, streamType: 6, registration: 'Opus', opusChannels: 1 }])
  })

  test('pass over the network’s own table, and tables of other kinds', () => {
    expect(readProgramAssociation(Buffer.from('00b0110001c10000 0000e010 0001e020'.replaceAll(' ', ''), 'hex'))).toBe(
      0x20,
    )
    expect(readProgramAssociation(map)).toBeUndefined()
    expect(readProgramMap(association)).toBeUndefined()
  })

  test('any bytes are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), noise => {
        try {
          readProgramAssociation(Buffer.of(0, ...noise))
          expect((readProgramMap(Buffer.of(2, ...noise)) ?? []).length).toBeLessThan(20)
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
  })
})
