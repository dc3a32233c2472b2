import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defaultDataFolder, readConfigTexts } from '#server/config/config-texts.ts'

const folder = mkdtempSync(join(tmpdir(), 'sightline-texts-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('without -c there is no linked file until go2rtc.yaml is in the working folder', () => {
  const empty = mkdtempSync(join(folder, 'empty-'))
  expect(readConfigTexts([], empty)).toEqual({ linkedFile: undefined, texts: [] })
  writeFileSync(join(empty, 'go2rtc.yaml'), 'api:\n')
  const path = join(empty, 'go2rtc.yaml')
  expect(readConfigTexts([], empty)).toEqual({
    linkedFile: path,
    texts: [{ name: path, text: 'api:\n', isFile: true }],
  })
})

test('the first file is linked even when it is not there, and the others count too', () => {
  writeFileSync(join(folder, 'second.yaml'), 'log:\n')
  const { linkedFile, texts } = readConfigTexts(
    [
      { kind: 'inline', text: '{a: 1}' },
      { kind: 'file', path: 'missing.yaml' },
      { kind: 'file', path: join(folder, 'second.yaml') },
    ],
    folder,
  )
  expect(linkedFile).toBe(join(folder, 'missing.yaml'))
  expect(texts.map(({ text, isFile }) => [text, isFile])).toEqual([
    ['{a: 1}', false],
    ['log:\n', true],
  ])
})

test('only inline texts link no file', () => {
  writeFileSync(join(folder, 'go2rtc.yaml'), '')
  expect(readConfigTexts([{ kind: 'inline', text: '{}' }], folder).linkedFile).toBeUndefined()
})

test('the databases are kept beside the linked file, or in the working folder', () => {
  expect(defaultDataFolder('/config/go2rtc.yaml', '/work')).toBe('/config/data')
  expect(defaultDataFolder(undefined, '/srv')).toBe('/srv/data')
})
