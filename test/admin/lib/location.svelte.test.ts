import { flushSync } from 'svelte'
import { afterEach, expect, test } from 'vitest'
import { HashLocation } from '../../../apps/admin/src/lib/location.svelte.ts'

afterEach(() => {
  window.location.hash = ''
})

test.each([
  ['', '/'],
  ['#', '/'],
  ['#nonsense', '/'],
  ['#/streams/front%20door', '/streams/front%20door'],
])('the address part %j is the path %s', (hash, path) => {
  window.location.hash = hash
  expect(new HashLocation().path).toBe(path)
})

test('whoever shows the path follows links and the back button', async () => {
  const location = new HashLocation()
  const seen: string[] = []
  const stop = $effect.root(() => {
    $effect(() => void seen.push(location.path))
  })
  flushSync()
  location.go('/changes')
  await expect.poll(() => seen.at(-1)).toBe('/changes')
  window.history.back()
  await expect.poll(() => seen.at(-1)).toBe('/')
  stop()
})

test('replacing leaves no step to go back to', async () => {
  const location = new HashLocation()
  location.go('/streams/a')
  const { length } = window.history
  location.replace('/streams/b')
  expect(location.path).toBe('/streams/b')
  expect(window.history.length).toBe(length)
})
