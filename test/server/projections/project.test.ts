import { expect, test } from 'vitest'
import { allProjections } from '#server/projections/project.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('every read model has a name of its own and a version', () => {
  using opened = new OpenedConfiguration()
  const projections = allProjections(opened.configuration.database)
  expect(projections.length).toBeGreaterThan(0)
  expect(new Set(projections.map(({ name }) => name)).size).toBe(projections.length)
  for (const { version } of projections) expect(version).toBeGreaterThanOrEqual(1)
})
