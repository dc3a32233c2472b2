// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in a go2rtc.yaml look like this.
import { expect, test } from 'vitest'
import { allRecords, touchedRecords } from '#server/commands/stream-records.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('a stream has its sources to dial and its sources to show', () => {
  using opened = new OpenedConfiguration({ configured: new Map([['PW', 'geheim']]), system: {} })
  opened.set('a', 'rtsp://u:hunter2@h', 'rtsp://u:${PW}@h')
  const { records, secrets } = allRecords(opened.configuration)
  expect(records).toEqual([
    {
      ...{ id: opened.idOf('a'), name: 'a', position: 1, updatedAt: 1000 },
      sources: ['rtsp://u:hunter2@h', 'rtsp://u:geheim@h'],
      shownSources: ['rtsp://u:***@h', 'rtsp://u:${PW}@h'],
    },
  ])
  expect(secrets).toEqual(['geheim'])
})

test('a preload is there to run with and to show', () => {
  using opened = new OpenedConfiguration({ configured: new Map([['KINDS', 'video&audio']]), system: {} })
  opened.set('a')
  opened.run({ type: 'SetPreload', name: 'a', query: '${KINDS}' })
  const { records, secrets } = allRecords(opened.configuration)
  expect(records).toMatchObject([{ preload: 'video&audio', shownPreload: '${KINDS}' }])
  expect(secrets).toEqual([])
})

test('what events touched is there or gone', () => {
  using opened = new OpenedConfiguration()
  const { events: first } = opened.set('a')
  const { events: second } = opened.set('b')
  const { events: third } = opened.run({ type: 'RemoveStream', name: 'a' })
  const { records, removed } = touchedRecords([...first, ...second, ...third], opened.configuration)
  expect(records.map(({ name }) => name)).toEqual(['b'])
  expect(removed).toEqual([first[0]?.streamId])
})
