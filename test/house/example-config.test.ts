import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { readSettings } from '#server/config/settings.ts'
import { textOf } from './source-files.ts'

const PAGE = 'go2rtc.yaml.example'

const example = parseDocument(textOf(PAGE)).toJS() as Readonly<Record<string, Readonly<Record<string, unknown>>>>

test('the example states the defaults, and nothing in it is wrong', () => {
  const stated = readSettings([{ name: PAGE, text: textOf(PAGE), isFile: true }], {})
  const defaults = readSettings([], {}).settings
  expect(stated.problems).toEqual([])
  expect(stated.settings.api).toEqual(defaults.api)
  expect(stated.settings.rtsp).toEqual(defaults.rtsp)
  expect(stated.settings.webrtc).toEqual(defaults.webrtc)
  expect(stated.settings.log.level).toBe(defaults.log.level)
  expect(stated.settings.programs).toEqual(defaults.programs)
  expect(stated.settings.sources).toEqual(defaults.sources)
  // Its level is ffmpeg's own, not our log's.
  const levels = [...stated.settings.log.modules].flatMap(([module, level]) => (module === 'ffmpeg' ? [] : [level]))
  expect(new Set(levels)).toEqual(new Set([defaults.log.level]))
})

/** Keys that mean something by not being there stand in a comment below their section. */
const isCommented = (section: string, key: string): boolean =>
  new RegExp(`^${section}: \\{\\}\\n(?:  #.*\\n)*  # ${key}:`, 'm').test(textOf(PAGE))

test('the example has every key that is read', () => {
  const sources = ['settings', 'webrtc-settings'].map(name => textOf(`apps/server/config/${name}.ts`)).join('\n')
  const read = [...sources.matchAll(/section\.\w+\('(\w+)', '(\w+)'/g)]
  expect(read.length).toBeGreaterThan(10)
  const missing = read.filter(
    ([, section = '', key = '']) => !(key in (example[section] ?? {})) && !isCommented(section, key),
  )
  expect(missing.map(([, section, key]) => `${section}.${key}`)).toEqual([])
})
