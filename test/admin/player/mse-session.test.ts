import { beforeEach, expect, test } from 'vitest'
import { findMediaSource, MseSession } from '../../../apps/admin/src/player/mse-session.ts'
import { installMediaSource, RecordingMediaSource } from './media-source.ts'

beforeEach(() => {
  installMediaSource()
  RecordingMediaSource.made = []
  RecordingMediaSource.supports = () => true
})

function open() {
  const heard: string[] = []
  const video = document.createElement('video')
  const session = new MseSession({
    video,
    mediaSource: findMediaSource() ?? expect.fail('no media source'),
    play: () => {},
    listener: {
      agreed: codecs => heard.push(codecs),
      playing: () => heard.push('playing'),
      failed: ({ message }) => heard.push(message),
    },
  })
  return { session, heard, video }
}

const avc = 'video/mp4; codecs="avc1.640029"'
const bytes = (...values: readonly number[]): ArrayBuffer => new Uint8Array(values).buffer

test('feeds what comes, in order, even what came before the buffer was open', async () => {
  const { session, heard, video } = open()
  session.open(avc)
  for (const piece of [bytes(1, 2), bytes(3), bytes(4)]) session.take(piece)
  await expect.poll(() => RecordingMediaSource.made[0]?.appended.flat()).toEqual([1, 2, 3, 4])
  expect(session.bytes).toBe(4)
  video.dispatchEvent(new Event('playing'))
  video.dispatchEvent(new Event('playing'))
  expect(heard).toEqual(['H264 High', 'playing'])
  session.close()
})

test('what the browser refuses after all ends it with the codec’s name', () => {
  RecordingMediaSource.supports = type => !type.includes('hev1')
  const { session, heard } = open()
  session.open('video/mp4; codecs="hev1.1"')
  expect(heard).toEqual(['This browser cannot play H265.'])
})

test('a device that cannot keep up ends it instead of filling its memory', () => {
  const { session, heard } = open()
  for (let count = 0; count < 10; count++) session.take(new ArrayBuffer(1024 * 1024))
  expect(heard).toEqual(['This device is too slow for the stream.'])
})

test('a picture that cannot be decoded ends it once, to begin anew', () => {
  const { session, heard, video } = open()
  session.open(avc)
  video.dispatchEvent(new Event('error'))
  video.dispatchEvent(new Event('error'))
  expect(heard).toEqual(['H264 High', 'The browser could not decode the picture.'])
})

test('says nothing more once it is closed', () => {
  const { session, heard, video } = open()
  session.open(avc)
  session.close()
  session.take(bytes(1))
  video.dispatchEvent(new Event('playing'))
  video.dispatchEvent(new Event('error'))
  expect([heard, session.bytes]).toEqual([['H264 High'], 0])
})
