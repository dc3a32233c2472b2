import { expect, test } from 'vitest'
import { remedyFor } from '#server/graphql/causes.ts'

/** What cameras, names and people do wrong most. */
const codes = [
  ...['unsupported_scheme', 'malformed_source', 'wrong_password', 'password_needed', 'host_not_found'],
  ...['connection_refused', 'timed_out', 'unreachable', 'not_rtsp', 'no_media', 'not_found', 'silent'],
  ...['codec_mismatch', 'stream_not_found', 'name_taken', 'name_invalid', 'source_invalid', 'too_many'],
  ...['camera_closed', 'connection_lost', 'camera_refused', 'bad_redirect', 'login_not_supported'],
  ...['udp_silent', 'certificate_refused', 'address_not_allowed', 'no_source', 'demo_clip'],
  ...['port_in_use', 'not_permitted', 'address_not_available', 'malformed_address'],
  ...['change_not_found', 'superseded', 'position_unknown', 'conflict', 'storage'],
]

test.each(codes)('%s has a remedy in whole sentences', code => {
  expect(remedyFor({ code, message: '' })).toMatch(/^[A-Z][\s\S]*\.$/)
})

test('what nobody knows has none', () => {
  expect(remedyFor({ code: 'constructor', message: '' })).toBeUndefined()
  expect(remedyFor({ code: 'new_and_unheard_of', message: '' })).toBeUndefined()
})
