// @vitest-environment node
import { expect, test } from 'vitest'
import { codecWords } from '../../../../apps/admin/src/features/streams/codec-words.ts'
import { sourcesLine, sourceWords } from '../../../../apps/admin/src/features/streams/source-words.ts'
import { isTroubled, stateWords } from '../../../../apps/admin/src/features/streams/state-words.ts'
import { programWord } from '../../../../apps/admin/src/features/streams/viewer-words.ts'

test.each([
  ['rtsp://admin:***@192.168.1.20:554/live', '192.168.1.20:554 · RTSP camera'],
  ['demo:', 'Demo camera'],
  ['ffmpeg:porch#video=h264', 'porch · FFmpeg'],
  ['gopher://10.0.0.1', '10.0.0.1 · gopher'],
  ['no url at all', 'no url at all'],
])('the source %s is %s', (source, words) => {
  expect(sourceWords(source)).toBe(words)
})

test('several sources are one line; none is a remark', () => {
  expect(sourcesLine(['rtsp://10.0.0.1/a', 'demo:', 'demo:'])).toBe('10.0.0.1 · RTSP camera, and 2 more')
  expect(sourcesLine([])).toContain('waits for somebody to push')
})

test('codecs stand once each, the picture’s first', () => {
  const source = (...tracks: (readonly [kind: string, codec: string])[]) => ({
    url: '',
    state: 'LIVE' as const,
    problem: null,
    retryAt: null,
    remoteAddress: '',
    tracks: tracks.map(([kind, codec]) => ({ kind, codec, label: codec })),
  })
  expect(codecWords([source(['audio', 'AAC'], ['video', 'H265']), source(['video', 'H264'], ['audio', 'AAC'])])).toBe(
    'H265, H264, AAC',
  )
  expect(codecWords([])).toBe('')
})

test('no two states share shape and word', () => {
  const looks = Object.values(stateWords).map(({ tone, word }) => `${tone} ${word}`)
  expect(new Set(looks).size).toBe(looks.length)
})

test('only what needs somebody is trouble', () => {
  const states = ['IDLE', 'CONNECTING', 'LIVE', 'RECONNECTING', 'PAUSED', 'FAILED'] as const
  expect(states.filter(isTroubled)).toEqual(['RECONNECTING', 'PAUSED', 'FAILED'])
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36', 'Chrome'],
  ['Mozilla/5.0 (Macintosh) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 Safari/605', 'Safari'],
  ['Mozilla/5.0 (X11) AppleWebKit/537 Chrome/126 Safari/537 Edg/126', 'Edge'],
  ['LibVLC/3.0.20 (LIVE555 Streaming Media v2016.11.28)', 'VLC'],
  ['Lavf60.3.100', 'FFmpeg'],
  ['HomeAssistant/2026.1 aiohttp/3.9', 'Home Assistant'],
  ['curl/8.5', 'curl'],
  ['', 'Unknown program'],
])('%s is %s', (userAgent, word) => {
  expect(programWord(userAgent)).toBe(word)
})
