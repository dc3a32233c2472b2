import { expect, test } from 'vitest'
import { sealSource } from '#server/commands/kept-secrets.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('of two sources that look the same, the one at the same place is meant', () => {
  using opened = new OpenedConfiguration()
  const { vault } = opened.configuration
  const kept = ['rtsp://u:one@h', 'rtsp://u:two@h'].map(source => ({
    template: vault.seal(source),
    faces: [source, 'rtsp://u:***@h'],
  }))
  const sealed = [0, 1].map(index => sealSource('rtsp://u:***@h', index, kept, vault))
  expect(sealed).toEqual(kept.map(({ template }) => template))
})

test('a new source is sealed', () => {
  using opened = new OpenedConfiguration()
  const { vault } = opened.configuration
  expect(sealSource('rtsp://u:one@h', 0, [], vault)).toBe(vault.describe('rtsp://u:one@h'))
})

test('three stars that hide nothing are refused', () => {
  using opened = new OpenedConfiguration()
  expect(() => sealSource('http://h/?password=***', 0, [], opened.configuration.vault)).toThrow(
    expect.objectContaining({ code: 'source_invalid' }),
  )
})

test('three stars that are no password are a text', () => {
  using opened = new OpenedConfiguration()
  expect(sealSource('http://h/***', 0, [], opened.configuration.vault)).toBe('http://h/***')
})
