import { expect, test } from 'vitest'
import { redactCommand, redactText } from '#media/processes/redact-command.ts'

test.each([
  [['-i', 'rtsp://u:p@ss/w@h/x'], 'run -i rtsp://u:***@ss/w@h/x'],
  [['-i', 'rtsp://admin:secret@h/x?a=b'], 'run -i rtsp://admin:***@h/x?a=b'],
  [['--password', 'x y', '--user', 'z'], 'run --password *** --user z'],
  [['-token', 'abc', '-i', 'x'], 'run -token *** -i x'],
  [['http://h/x?password=abc&user=u&api_key=d'], 'run http://h/x?password=***&user=u&api_key=***'],
  [['-headers', 'Authorization: Basic abc==\r\nX: y'], 'run -headers "Authorization: Basic ***\\r\\nX: y"'],
  [['-g', '50', '-c:v', 'libx264'], 'run -g 50 -c:v libx264'],
])('%o is logged as %s', (parameters, line) => {
  expect(redactCommand('run', parameters)).toBe(line)
})

test('a text of a program is told without the passwords in it', () => {
  expect(redactText('rtsp://a:b@h: refused\nhttp://c:d@h/?token=e is gone')).toBe(
    'rtsp://a:***@h: refused\nhttp://c:***@h/?token=*** is gone',
  )
})
