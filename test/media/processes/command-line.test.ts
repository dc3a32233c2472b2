import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CommandLineError, splitCommand } from '#media/processes/command-line.ts'
import { LimitError } from '#media/runtime/errors.ts'

describe('a command', () => {
  test.each([
    ['ffmpeg', ['ffmpeg']],
    ['  a\tb\n c\r\n', ['a', 'b', 'c']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ["a 'b \"c' d", ['a', 'b "c', 'd']],
    ['a b"c d"', ['a', 'b"c', 'd"']],
    ['a "b"c', ['a', 'b', 'c']],
    ['"a b"', ['a b']],
    ['a \\"b $HOME `c` | d', ['a', '\\"b', '$HOME', '`c`', '|', 'd']],
    ['a b\u00a0c', ['a', 'b\u00a0c']],
    [`ffmpeg -vf "drawtext=text='%{localtime\\:%X}'" -`, ['ffmpeg', '-vf', "drawtext=text='%{localtime\\:%X}'", '-']],
  ])('is split: %s', (text, [program, ...parameters]) => {
    expect(splitCommand(text)).toEqual({ program, parameters })
  })

  test.each(['', '  \n', '"', '"a', "a 'b", 'a ""', "''"])('is refused: %s', text => {
    expect(() => splitCommand(text)).toThrow(CommandLineError)
  })

  test('that is too long is refused', () => {
    expect(() => splitCommand('a'.repeat(65_537))).toThrow(LimitError)
  })

  test('of any words without quotes is these words', () => {
    const word = fc.stringMatching(/^[^\s"'][^\s]{0,10}$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), ([program, ...parameters]) => {
        expect(splitCommand([program, ...parameters].join(' '))).toEqual({ program, parameters })
      }),
    )
  })

  test('of any text is split or refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ "'ab\t]{0,20}$/), text => {
        try {
          const { program, parameters } = splitCommand(text)
          for (const word of [program, ...parameters]) expect(text).toContain(word)
        } catch (error) {
          expect(error).toBeInstanceOf(CommandLineError)
        }
      }),
    )
  })
})
