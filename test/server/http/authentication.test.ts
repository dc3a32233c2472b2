import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkBasic } from '#server/http/authentication.ts'

const asked = { username: 'admin', password: 'päss:word' }
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('Basic credentials', () => {
  test.each([
    { name: 'that fit', header: basic('admin:päss:word'), presented: 'right' },
    {
      name: 'in a scheme of other case',
      header: basic('admin:päss:word').replace('Basic', 'bASIC'),
      presented: 'right',
    },
    { name: 'with a wrong password', header: basic('admin:no'), presented: 'wrong' },
    { name: 'with a wrong name', header: basic('root:päss:word'), presented: 'wrong' },
    { name: 'without a colon', header: basic('admin'), presented: 'wrong' },
    { name: 'that are empty', header: 'Basic ', presented: 'wrong' },
    { name: 'with NULs', header: basic('admin\0:päss:word'), presented: 'wrong' },
    { name: 'that are not base64', header: 'Basic %%%%', presented: 'wrong' },
    {
      name: 'that are not UTF-8',
      header: `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`,
      presented: 'wrong',
    },
    { name: 'of a megabyte', header: basic(`admin:${'x'.repeat(1 << 20)}`), presented: 'wrong' },
    { name: 'of another scheme', header: 'Bearer abc', presented: 'wrong' },
    { name: 'that are absent', header: undefined, presented: 'none' },
  ] as const)('$name are $presented', ({ header, presented }) => {
    expect(checkBasic(header, asked)).toBe(presented)
  })

  test('are right only when both are, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, password) => {
        fc.pre(!(name === asked.username && password === asked.password) && !name.includes(':'))
        expect(checkBasic(basic(`${name}:${password}`), asked)).toBe('wrong')
        expect(checkBasic(`Basic ${name}`, asked)).toBe('wrong')
      }),
    )
  })

  test('that are empty are right only where an empty password is asked for', () => {
    expect(checkBasic(basic('admin:'), { username: 'admin', password: '' })).toBe('right')
    expect(checkBasic(basic('admin'), { username: 'admin', password: '' })).toBe('wrong')
  })
})
