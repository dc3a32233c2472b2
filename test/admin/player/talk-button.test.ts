import { expect, test } from 'vitest'
import { whileHeld } from '../../../apps/admin/src/player/talk-button.ts'

test('a button is held by pointer and by key, and let go of in every way there is', () => {
  const button = document.createElement('button')
  const heard: string[] = []
  const end = whileHeld(
    button,
    () => heard.push('pressed'),
    () => heard.push('released'),
  )
  const key = (type: string, name: string, repeat = false): unknown =>
    button.dispatchEvent(new KeyboardEvent(type, { key: name, repeat }))
  button.dispatchEvent(new Event('pointerdown'))
  button.dispatchEvent(new Event('pointerup'))
  key('keydown', ' ')
  key('keydown', ' ', true)
  key('keyup', ' ')
  key('keydown', 'a')
  button.dispatchEvent(new Event('pointerdown'))
  button.dispatchEvent(new Event('blur'))
  end()
  button.dispatchEvent(new Event('pointerdown'))
  expect(heard).toEqual(['pressed', 'released', 'pressed', 'released', 'pressed', 'released'])
})
