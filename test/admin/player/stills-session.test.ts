import { beforeEach, expect, test } from 'vitest'
import { type StillPicture, StillsSession } from '../../../apps/admin/src/player/stills-session.ts'
import { installMediaSource } from './media-source.ts'

beforeEach(installMediaSource)

const message = (value: number): ArrayBuffer => new Uint8Array([value]).buffer

function open() {
  const heard: string[] = []
  const released: string[] = []
  const asked: ((fate: 'shown' | 'broken') => void)[] = []
  const video = document.createElement('video')
  const session = new StillsSession({
    video,
    codecs: 'JPEG',
    develop: data => {
      const { promise, resolve, reject } = Promise.withResolvers<StillPicture>()
      const url = `blob:${new Uint8Array(data)[0]}`
      const picture = { url, width: 4, height: 3, release: () => void released.push(url) }
      asked.push(fate => (fate === 'shown' ? resolve(picture) : reject(new Error('broken'))))
      return promise
    },
    listener: {
      agreed: codecs => heard.push(codecs),
      playing: () => heard.push('playing'),
      failed: ({ message }) => heard.push(message),
    },
  })
  return { session, heard, released, asked, video }
}

test('decodes one picture at a time, and of those that came meanwhile the newest', async () => {
  const { session, heard, released, asked, video } = open()
  session.open()
  for (const value of [1, 2, 3]) session.take(message(value))
  expect(asked).toHaveLength(1)
  asked[0]?.('shown')
  await expect.poll(() => asked).toHaveLength(2)
  asked[1]?.('shown')
  await expect.poll(() => video.poster).toBe('blob:3')
  expect(heard).toEqual(['JPEG', 'playing'])
  expect(released).toEqual(['blob:1'])
  expect(session.counts).toEqual({ frames: 2, dropped: 1, width: 4, height: 3 })
  session.close()
})

test('a picture that is broken is passed over', async () => {
  const { session, asked, video } = open()
  session.open()
  session.take(message(1))
  asked[0]?.('broken')
  await expect.poll(() => session.counts.dropped).toBe(1)
  session.take(message(2))
  asked[1]?.('shown')
  await expect.poll(() => video.poster).toBe('blob:2')
  session.close()
})

test('a picture that is decoded after the end is let go', async () => {
  const { session, asked, released, video } = open()
  session.open()
  session.take(message(1))
  session.close()
  asked[0]?.('shown')
  await expect.poll(() => released).toEqual(['blob:1'])
  expect(video.poster).toBe('')
})
