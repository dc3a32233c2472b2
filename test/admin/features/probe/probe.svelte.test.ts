import { expect, test } from 'vitest'
import { Live } from '../../../../apps/admin/src/api/live.svelte.ts'
import { CameraProbe } from '../../../../apps/admin/src/features/probe/probe.svelte.ts'
import { streamOf, systemAt } from '../../stream-data.ts'

function camera(): CameraProbe {
  const live = new Live()
  live.load(systemAt(1), [streamOf('porch')])
  return new CameraProbe(live)
}

test('the suggested name follows the address until somebody types one', () => {
  const probe = camera()
  probe.address = 'rtsp://porch/live'
  expect(probe.name).toBe('porch-2')
  probe.address = 'rtsp://garage/live'
  expect(probe.name).toBe('garage')
  probe.name = 'My garage'
  probe.address = 'rtsp://attic/live'
  expect(probe.name).toBe('My garage')
})

test('a camera that offers nothing is a problem, not a success', async () => {
  const probe = camera()
  probe.address = 'rtsp://garage/live'
  await probe.probe(async () => ({ tracks: null, tookMs: 1, problem: null }))
  expect(probe.state).toMatchObject({ step: 'failed' })
})

test('only the newest test counts', async () => {
  const probe = camera()
  probe.address = 'rtsp://garage/live'
  const first = Promise.withResolvers<never>()
  const earlier = probe.probe(() => first.promise)
  await probe.probe(async () => ({ tracks: [], tookMs: 5, problem: null }))
  first.reject(new Error('too late'))
  await earlier
  expect(probe.state).toEqual({ step: 'found', tracks: [], tookMs: 5 })
})
