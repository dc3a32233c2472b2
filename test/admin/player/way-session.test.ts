import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Patience, whenFirstFrame } from '../../../apps/admin/src/player/way-session.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('patience ends only when nothing happens', () => {
  const missed: string[] = []
  const patience = new Patience(({ message }) => missed.push(message))
  for (let count = 0; count < 5; count++) {
    patience.expect(1_000, 'No pictures.')
    vi.advanceTimersByTime(900)
  }
  expect(missed).toEqual([])
  vi.advanceTimersByTime(100)
  expect(missed).toEqual(['No pictures.'])
  patience.expect(1_000, 'Never.')
  patience.end()
  expect(vi.getTimerCount()).toBe(0)
})

test('the first picture is told once, and not after the end', () => {
  const video = document.createElement('video')
  const end = new AbortController()
  let [told, late] = [0, 0]
  whenFirstFrame(video, end.signal, () => told++)
  video.dispatchEvent(new Event('playing'))
  video.dispatchEvent(new Event('playing'))
  whenFirstFrame(video, end.signal, () => late++)
  end.abort()
  video.dispatchEvent(new Event('playing'))
  expect([told, late]).toEqual([1, 0])
})
