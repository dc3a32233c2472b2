import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProjectFolder, projectPaths } from '#server/paths.ts'

test('what the server reads is found from its sources', () => {
  const { migrations, demoClip } = projectPaths()
  expect(existsSync(migrations)).toBe(true)
  expect(existsSync(demoClip)).toBe(true)
})

test('it is found from a bundle as well, however deep its pieces lie, and not from elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-paths-'))
  mkdirSync(join(folder, 'db', 'migrations'), { recursive: true })
  for (const piece of ['apps/server/dist', 'apps/server/dist/chunks', 'apps/server'])
    expect(findProjectFolder(join(folder, piece))).toBe(folder)
  expect(() => findProjectFolder('/')).toThrow(TypeError)
  rmSync(folder, { recursive: true })
})
