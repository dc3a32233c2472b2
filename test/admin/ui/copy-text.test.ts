import { afterEach, expect, test } from 'vitest'
import { copyText } from '../../../apps/admin/src/ui/copy-text.ts'

afterEach(() => {
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined })
  document.body.replaceChildren()
})

test('uses the clipboard where the browser gives one', async () => {
  const copied: string[] = []
  const writeText = async (text: string) => void copied.push(text)
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } })
  expect(await copyText('rtsp://nas/porch')).toBe(true)
  expect(copied).toEqual(['rtsp://nas/porch'])
})

test('over plain http it copies a selection, leaves no trace and gives the focus back', async () => {
  const button = document.createElement('button')
  document.body.append(button)
  button.focus()
  let selected = ''
  document.execCommand = () => {
    selected = document.querySelector('textarea')?.value ?? ''
    return true
  }
  expect(await copyText('rtsp://nas/porch')).toBe(true)
  expect(selected).toBe('rtsp://nas/porch')
  expect(document.querySelector('textarea')).toBeNull()
  expect(document.activeElement).toBe(button)
})

test('says so when the browser refuses both', async () => {
  document.execCommand = () => false
  expect(await copyText('x')).toBe(false)
})
