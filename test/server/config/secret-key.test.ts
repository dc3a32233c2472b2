import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSecretKey } from '#server/config/secret-key.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

test('a key file is made once, readable by its owner alone', () => {
  using folder = new TemporaryFolder()
  const file = folder.at('secret.key')
  const reference = readSecretKey(file).reference('pw')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readSecretKey(file).reference('pw')).toBe(reference)
  expect(reference).toMatch(/^[0-9a-f]{32}$/)
})

test('a value comes back from what was sealed, which never looks the same', () => {
  using folder = new TemporaryFolder()
  const key = readSecretKey(folder.at('secret.key'))
  const [one, two] = [key.seal('pässword'), key.seal('pässword')]
  expect(key.open(one)).toBe('pässword')
  expect(one.equals(two)).toBe(false)
  expect(one.includes('ssword')).toBe(false)
})

test('another key names and opens nothing of the first', () => {
  using folder = new TemporaryFolder()
  const [one, two] = [readSecretKey(folder.at('one')), readSecretKey(folder.at('two'))]
  expect(two.reference('pw')).not.toBe(one.reference('pw'))
  expect(two.open(one.seal('pw'))).toBeUndefined()
})

test('what was changed is not opened', () => {
  using folder = new TemporaryFolder()
  const key = readSecretKey(folder.at('secret.key'))
  const sealed = key.seal('pw')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    expect(key.open(changed)).toBeUndefined()
  }
  expect(key.open(sealed.subarray(0, 20))).toBeUndefined()
})

test('a key file that holds something else is not used and not replaced', () => {
  using folder = new TemporaryFolder()
  const file = folder.write('secret.key', 'deadbeef\n')
  expect(() => readSecretKey(file)).toThrow('64 hexadecimal digits')
  expect(folder.read('secret.key')).toBe('deadbeef\n')
})
