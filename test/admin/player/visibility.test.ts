import { afterEach, expect, test, vi } from 'vitest'
import { watchVisibility } from '../../../apps/admin/src/player/visibility.ts'

let see: (ratio: number) => void = () => {}
let observers = 0

class ScriptedObserver {
  constructor(callback: (entries: readonly { isIntersecting: boolean; intersectionRatio: number }[]) => void) {
    observers++
    see = ratio => callback([{ isIntersecting: ratio > 0, intersectionRatio: ratio }])
  }
  observe(): void {}
  disconnect(): void {
    observers--
  }
}

Object.assign(window, { IntersectionObserver: ScriptedObserver })

function hide(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

afterEach(() => void vi.restoreAllMocks())

test('a hidden tab and a place outside the viewport are out of sight, each for itself', () => {
  const seen: boolean[] = []
  const end = new AbortController()
  watchVisibility(document.body, { page: true, threshold: 0.5 }, end.signal, visible => seen.push(visible))
  see(1)
  see(0.4)
  hide(true)
  see(0.6)
  hide(false)
  expect(seen).toEqual([false, true])
  end.abort()
  hide(true)
  expect([seen.length, observers]).toEqual([2, 0])
})

test('looks only at what it is told to', () => {
  const seen: boolean[] = []
  const end = new AbortController()
  watchVisibility(document.body, { page: false, threshold: 0 }, end.signal, visible => seen.push(visible))
  hide(true)
  expect([seen, observers]).toEqual([[], 0])
  end.abort()
})
