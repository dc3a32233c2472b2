import { expect, test } from 'vitest'
import { textOf } from './source-files.ts'

interface LockedPackage {
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const packages = (JSON.parse(textOf('package-lock.json')) as { packages: Record<string, LockedPackage> }).packages

test('the lock file has an entry for every optional package of every platform', () => {
  const present = new Set(Object.keys(packages).map(path => path.split('node_modules/').at(-1)))
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter(name => !present.has(name))
      .map(name => `${path || 'package.json'} → ${name}`),
  )
  expect(Object.keys(packages).length).toBeGreaterThan(100)
  expect(missing).toEqual([])
})

test('the lock file names no host, so that any registry can serve it', () => {
  const named = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)
  expect(named.map(([path]) => path)).toEqual([])
})
