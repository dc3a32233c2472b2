import { chmodSync, existsSync, lstatSync, mkdirSync, statSync, symlinkSync, truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readLinkedFile, realPath, writeLinkedFile } from '#server/config/linked-file.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

test('what was written is read, with its byte order mark', () => {
  using folder = new TemporaryFolder()
  writeLinkedFile(folder.at('x.yaml'), '\ufeffa: ü\r\n')
  expect(readLinkedFile(folder.at('x.yaml'))).toEqual({ kind: 'text', text: '\ufeffa: ü\r\n' })
})

test('a file that is not there is missing', () => {
  using folder = new TemporaryFolder()
  expect(readLinkedFile(folder.at('x.yaml'))).toEqual({ kind: 'missing' })
})

test('a folder, bytes that are no text and too many bytes are told, not thrown', () => {
  using folder = new TemporaryFolder()
  mkdirSync(folder.at('folder'))
  expect(readLinkedFile(folder.at('folder'))).toEqual({ kind: 'unreadable', message: 'it is not a file' })
  folder.write('large', '')
  truncateSync(folder.at('large'), 5 * 1024 * 1024)
  expect(readLinkedFile(folder.at('large'))).toMatchObject({ message: 'it is larger than 4 MB' })
  writeLinkedFile(folder.at('utf16'), 'x')
  truncateSync(folder.at('utf16'), 0)
  using other = new TemporaryFolder()
  other.write('latin1', '')
  expect(readLinkedFile('/proc/self/mem')).toMatchObject({ kind: 'unreadable' })
})

test('a new file is for its owner alone, an old one keeps its mode', () => {
  using folder = new TemporaryFolder()
  writeLinkedFile(folder.at('new'), '')
  chmodSync(folder.write('old', ''), 0o644)
  writeLinkedFile(folder.at('old'), 'x')
  expect([statSync(folder.at('new')).mode & 0o777, statSync(folder.at('old')).mode & 0o777]).toEqual([0o600, 0o644])
})

test('a symbolic link stays one, what it leads to is replaced', () => {
  using folder = new TemporaryFolder()
  folder.write('real.yaml', 'old')
  symlinkSync('real.yaml', folder.at('link.yaml'))
  writeLinkedFile(folder.at('link.yaml'), 'new')
  expect(lstatSync(folder.at('link.yaml')).isSymbolicLink()).toBe(true)
  expect(folder.read('real.yaml')).toBe('new')
  expect(realPath(folder.at('link.yaml'))).toBe(realPath(folder.at('real.yaml')))
})

test('a folder that is gone is an error, and nothing half made is left', () => {
  using folder = new TemporaryFolder()
  expect(() => writeLinkedFile(folder.at('gone/x.yaml'), '')).toThrow('ENOENT')
  mkdirSync(folder.at('taken'))
  expect(() => writeLinkedFile(folder.at('taken'), '')).toThrow()
  expect(existsSync(folder.at('.taken.sightline.tmp'))).toBe(false)
})
