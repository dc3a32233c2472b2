// @vitest-environment node
import { expect, test } from 'vitest'
import { parseMessage } from '../../../apps/admin/src/player/messages.ts'

test.each([
  ['{"type":"mse","value":"x"}', { type: 'mse', value: 'x' }],
  ['{"type":"mjpeg"}', { type: 'mjpeg', value: '' }],
  ['no json', undefined],
  ['null', undefined],
  ['[]', undefined],
  ['{"value":1}', undefined],
])('%s', (text, wanted) => {
  expect(parseMessage(text)).toEqual(wanted)
})
