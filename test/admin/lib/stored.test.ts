import { afterEach, expect, test, vi } from 'vitest'
import { readStored, writeStored } from '../../../apps/admin/src/lib/stored.ts'

afterEach(() => vi.restoreAllMocks())

test('what was written is read again; what was not is nothing', () => {
  writeStored('test.key', 'dark')
  expect(readStored('test.key')).toBe('dark')
  expect(readStored('test.other')).toBeUndefined()
})

test('a browser that refuses to keep anything is borne', () => {
  const refuse = () => {
    throw new DOMException('no', 'SecurityError')
  }
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(refuse)
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse)
  expect(() => writeStored('test.key', 'dark')).not.toThrow()
  expect(readStored('test.key')).toBeUndefined()
})
