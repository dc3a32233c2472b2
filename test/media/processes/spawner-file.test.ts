import { mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { findSpawnerFile } from '#media/processes/spawner-file.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

test('is found beside the sources', () => {
  expect(findSpawnerFile().pathname).toMatch(/src\/media\/processes\/spawner-process\.ts$/)
})

test('is found from the bundle and from its chunks', () => {
  using folder = new TemporaryFolder()
  mkdirSync(folder.at('chunks'))
  const file = pathToFileURL(folder.write('spawner-process.js', '')).href
  expect(findSpawnerFile(pathToFileURL(folder.at('main.js')).href).href).toBe(file)
  expect(findSpawnerFile(pathToFileURL(folder.at('chunks/engine-1.js')).href).href).toBe(file)
})
