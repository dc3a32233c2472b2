import { expect, test } from 'vitest'
import { CameraError, cameraErrors } from '#media/protocols/rtsp/rtsp-errors.ts'

const made = [
  cameraErrors.wrongPassword(),
  cameraErrors.passwordNeeded(),
  cameraErrors.loginNotSupported(),
  cameraErrors.notFound('rtsp://camera/live'),
  cameraErrors.notRtsp(),
  cameraErrors.noMedia(),
  cameraErrors.silent(5000),
  cameraErrors.garbled(undefined),
  cameraErrors.closed(),
  cameraErrors.refused('PLAY', 454, 'Session Not Found'),
  cameraErrors.tooManyRedirects(5),
  cameraErrors.badRedirect('http://camera'),
  cameraErrors.noSpeaker(),
  cameraErrors.mislabelled('H264', 'H265'),
  cameraErrors.udpSilent(5000),
]

test.each(made.map(error => [error.code, error] as const))('%s is a sentence a person can act on', (_code, error) => {
  expect(error).toBeInstanceOf(CameraError)
  expect(error.message).toMatch(/^[a-z#].{20,}[^.]$/)
})

test('what varies is in the sentence', () => {
  expect(cameraErrors.refused('PLAY', 454, '').message).toBe('the camera answered PLAY with 454')
  expect(cameraErrors.silent(5000).message).toContain('5 s')
})
