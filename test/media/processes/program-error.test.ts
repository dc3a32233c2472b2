import { expect, test } from 'vitest'
import { describeExit, startError } from '#media/processes/program-error.ts'

test.each([
  ['ffmpeg', 'ENOENT', 'program_not_found', 'exec: "ffmpeg": executable file not found in $PATH'],
  ['/opt/ffmpeg', 'ENOENT', 'program_not_found', 'fork/exec /opt/ffmpeg: no such file or directory'],
  ['/opt/ffmpeg', 'EACCES', 'program_not_executable', 'fork/exec /opt/ffmpeg: permission denied'],
  ['ffmpeg', 'EACCES', 'program_not_executable', 'exec: "ffmpeg": executable file not found in $PATH'],
  ['ffmpeg', 'EAGAIN', 'program_not_started', 'ffmpeg could not be started: EAGAIN'],
])('%s that fails with %s is %s', (program, systemCode, code, go2rtcMessage) => {
  expect(startError(program, systemCode, systemCode)).toMatchObject({ code, program, go2rtcMessage })
})

test.each([
  [{ code: 1, signal: null, stderr: '' }, 'ffmpeg ended with code 1'],
  [{ code: 1, signal: null, stderr: 'first\nInvalid data\n' }, 'ffmpeg ended with code 1: Invalid data'],
  [{ code: null, signal: 'SIGKILL', stderr: ' \n' }, 'ffmpeg was ended by SIGKILL'],
  [{ code: 1, signal: null, stderr: 'x'.repeat(1000) }, `ffmpeg ended with code 1: ${'x'.repeat(300)}`],
])('an end is a sentence: %o', (exit, sentence) => {
  expect(describeExit('ffmpeg', exit)).toBe(sentence)
})
