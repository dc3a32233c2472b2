import { expect, test } from 'vitest'
import { addDemoCamera } from '../../../../apps/admin/src/features/probe/first-camera.ts'

test('a server that does not answer is told in a sentence', async () => {
  const base = document.createElement('base')
  base.href = 'http://127.0.0.1:1/'
  document.head.append(base)
  expect(await addDemoCamera()).toBe('The server does not answer.')
  base.remove()
})
