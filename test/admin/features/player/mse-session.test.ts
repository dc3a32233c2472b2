import { beforeEach, expect, test } from 'vitest'
import { findMediaSource, MseSession } from '../../../../apps/admin/src/features/player/mse-session.ts'
import { installMediaSource, RecordingMediaSource } from './media-source.ts'
import { startStreamSocket, tell } from './stream-socket.ts'

beforeEach(() => {
  installMediaSource()
  RecordingMediaSource.made = []
  RecordingMediaSource.supports = () => true
})

function open(url: URL) {
  const heard: string[] = []
  const end = new AbortController()
  const mediaSource = findMediaSource() ?? expect.fail('no media source')
  const video = document.createElement('video')
  const session = new MseSession({
    video,
    url,
    mediaSource,
    signal: end.signal,
    listener: {
      answered: mimeType => heard.push(mimeType),
      playing: () => heard.push('playing'),
      tapNeeded: () => heard.push('tap needed'),
    },
  })
  return { session, heard, end, video }
}

const avc = 'video/mp4; codecs="avc1.640029"'

test('asks for what the browser can play and feeds what comes, in order, even what came before the buffer was open', async () => {
  RecordingMediaSource.supports = type => !type.includes('hvc1')
  const asked: string[] = []
  await using server = await startStreamSocket((socket, { type, value }) => {
    asked.push(`${type} ${value}`)
    tell(socket, 'mse', avc)
    for (const bytes of [[1, 2], [3], [4]]) socket.send(Buffer.from(bytes))
  })
  const { session, heard, end, video } = open(server.url)
  await expect.poll(() => RecordingMediaSource.made[0]?.appended.flat()).toEqual([1, 2, 3, 4])
  expect(asked).toEqual(['mse avc1.640029,mp4a.40.2,flac,opus'])
  expect(session.bytes).toBe(4)
  video.dispatchEvent(new Event('playing'))
  video.dispatchEvent(new Event('playing'))
  expect(heard).toEqual([avc, 'playing'])
  end.abort()
  expect(await session.ended).toBeUndefined()
})

test('an error of the server ends it with a sentence', async () => {
  await using server = await startStreamSocket(socket => tell(socket, 'error', 'mse: stream not found'))
  const { session } = open(server.url)
  expect(await session.ended).toMatchObject({ message: 'The server has no stream of this name.' })
})

test('what the browser refuses after all ends it with the codec’s name', async () => {
  RecordingMediaSource.supports = type => !type.includes('hev1')
  await using server = await startStreamSocket(socket => tell(socket, 'mse', 'video/mp4; codecs="hev1.1"'))
  const { session } = open(server.url)
  expect(await session.ended).toMatchObject({ message: 'This browser cannot play H265.', passing: false })
})

test('a device that cannot keep up ends it instead of filling its memory', async () => {
  await using server = await startStreamSocket(socket => {
    for (let count = 0; count < 10; count++) socket.send(Buffer.alloc(1024 * 1024))
  })
  const { session } = open(server.url)
  expect(await session.ended).toMatchObject({ message: 'This device is too slow for the stream.', passing: true })
})

test('a server that goes away ends it without a complaint; nonsense does not end it', async () => {
  await using server = await startStreamSocket(socket => {
    for (const nonsense of ['no json', 'null', '[]', '{"type":"mp4"}']) socket.send(nonsense)
    tell(socket, 'mse', avc)
    socket.close()
  })
  const { session, heard } = open(server.url)
  expect(await session.ended).toBeUndefined()
  expect(heard).toEqual([avc])
})

test('a picture that cannot be decoded ends it, to begin anew', async () => {
  await using server = await startStreamSocket(socket => tell(socket, 'mse', avc))
  const { session, heard, video } = open(server.url)
  await expect.poll(() => heard).toEqual([avc])
  video.dispatchEvent(new Event('error'))
  expect(await session.ended).toMatchObject({ message: 'The browser could not decode the picture.', passing: true })
})
