import { expect, test } from 'vitest'
import { checkStreamName, STREAM_NAME_CHARACTERS_MAX } from '#server/domain/stream/stream-name.ts'

const fine = [
  'porch',
  'front door',
  'camera.12mp',
  'a/b',
  '../../etc/x',
  '__proto__',
  'constructor',
  'test_cam%231',
  '<img onerror>',
  'hoftür',
  '🚪',
  'rtsp://admin:secret@10.0.0.1/x',
  'x'.repeat(STREAM_NAME_CHARACTERS_MAX),
]

const refused = [
  { name: 'nothing', value: '' },
  { name: 'a line break', value: 'a\nb' },
  { name: 'NUL', value: 'a\0' },
  { name: 'a tab', value: 'a\tb' },
  { name: 'delete', value: 'a\u007f' },
  { name: 'a C1 control character', value: 'a\u0085' },
  { name: 'half a surrogate pair', value: 'a\ud800' },
  { name: 'one character too many', value: 'x'.repeat(STREAM_NAME_CHARACTERS_MAX + 1) },
]

test.for(fine)('%j can be a name', name => {
  expect(() => checkStreamName(name)).not.toThrow()
})

test.for(refused)('a name is not $name', ({ value }) => {
  expect(() => checkStreamName(value)).toThrow(expect.objectContaining({ code: 'name_invalid' }))
})
