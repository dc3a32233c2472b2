import { expect, test } from 'vitest'
import { givenTracks } from '../../../apps/admin/src/embed/given-tracks.ts'

function devices() {
  const asked: unknown[] = []
  const media = (name: string) => async (wanted: { audio: boolean; video: boolean }) => {
    asked.push([name, wanted])
    const kinds = [...(wanted.video ? ['video'] : []), ...(wanted.audio ? ['audio'] : [])]
    return { getTracks: () => kinds.map(kind => ({ kind })) }
  }
  const value = { getUserMedia: media('user'), getDisplayMedia: media('display') }
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value })
  return asked
}

test('asks for what is to be given and nothing else, sound first', async () => {
  const asked = devices()
  const tracks = await givenTracks(['microphone', 'camera'])
  expect(tracks.map(({ kind }) => kind)).toEqual(['audio', 'video'])
  expect(asked).toEqual([['user', { video: true, audio: true }]])
})

test('the screen is asked for right after the gesture', async () => {
  const asked = devices()
  await givenTracks(['microphone', 'display'])
  expect(asked).toEqual([
    ['display', { video: true, audio: false }],
    ['user', { video: false, audio: true }],
  ])
})

test('without https there is nothing to give', async () => {
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: undefined })
  await expect(givenTracks(['camera'])).rejects.toMatchObject({ name: 'SecurityError' })
})
