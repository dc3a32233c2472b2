import { mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { findThreadFile } from '#server/commands/thread-file.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

test('from the sources it is the source', () => {
  expect(findThreadFile().pathname).toMatch(/apps\/server\/database\/control-thread\.ts$/)
})

test('from the bundle and from one of its chunks it is the bundled entry', () => {
  using folder = new TemporaryFolder()
  mkdirSync(folder.at('dist/chunks'), { recursive: true })
  const entry = pathToFileURL(folder.write('dist/control-thread.js', '')).href
  for (const file of ['dist/main.js', 'dist/chunks/server.js'])
    expect(findThreadFile(pathToFileURL(folder.at(file)).href).href).toBe(entry)
})
