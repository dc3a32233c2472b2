import { expect, test } from 'vitest'
import { dress } from '../../../apps/admin/src/player/overlay-style.ts'

test('a document without sheets of its own making gets one style element, however many players it has', () => {
  const players = [document.createElement('div'), document.createElement('div')]
  document.body.append(...players)
  for (const player of players) dress(player)
  const sheets = 'adoptedStyleSheets' in document ? document.adoptedStyleSheets.length : 0
  expect(document.querySelectorAll('style[data-sightline]').length + sheets).toBe(1)
  dress(document.createElement('div'))
})
