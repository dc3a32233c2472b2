import { beforeEach, expect, test } from 'vitest'
import { Theme } from '../../../apps/admin/src/lib/theme.svelte.ts'

let system: EventTarget & { matches: boolean }

beforeEach(() => {
  window.localStorage.clear()
  system = Object.assign(new EventTarget(), { matches: false })
  window.matchMedia = () => system as MediaQueryList & typeof system
})

const shown = () => document.documentElement.dataset['theme']

test('follows the system until somebody chooses, also when the system changes', () => {
  const theme = new Theme()
  expect([theme.choice, shown()]).toEqual(['system', 'light'])
  system.matches = true
  system.dispatchEvent(new Event('change'))
  expect(shown()).toBe('dark')
  theme.choice = 'light'
  system.dispatchEvent(new Event('change'))
  expect(shown()).toBe('light')
})

test('a choice is kept for the next visit', () => {
  new Theme().choice = 'dark'
  expect(new Theme().choice).toBe('dark')
  expect(shown()).toBe('dark')
})

test('a kept choice that nobody knows is none', () => {
  window.localStorage.setItem('sightline.theme', 'purple')
  expect(new Theme().choice).toBe('system')
})
