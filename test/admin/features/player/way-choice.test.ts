import { expect, test } from 'vitest'
import { modeOf, storedWay, storeWay } from '../../../../apps/admin/src/features/player/way-choice.ts'

test('a choice is kept in this browser; nonsense is the best there is', () => {
  expect(storedWay()).toBe('auto')
  storeWay('mse')
  expect(storedWay()).toBe('mse')
  window.localStorage.setItem('sightline.way', 'carrier pigeon')
  expect(storedWay()).toBe('auto')
  window.localStorage.clear()
})

test('automatically is every way; a choice is that way alone', () => {
  expect([modeOf('auto'), modeOf('mjpeg')]).toEqual(['webrtc,mse,hls,mjpeg', 'mjpeg'])
})
