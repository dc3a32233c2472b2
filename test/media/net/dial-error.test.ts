import { expect, test } from 'vitest'
import { DialError, dialError, isMetadataAddress } from '#media/net/dial-error.ts'

const target = { host: '192.168.1.5', port: 554, timeoutMs: 5000 }

test.each([
  ['ENOTFOUND', 'host_not_found'],
  ['EAI_AGAIN', 'host_not_found'],
  ['ECONNREFUSED', 'connection_refused'],
  ['ECONNRESET', 'connection_refused'],
  ['ETIMEDOUT', 'timed_out'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate_refused'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate_refused'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate_refused'],
  ['ESOMETHINGNEW', 'unreachable'],
])('%s of the system is told as %s', (system, code) => {
  const cause = Object.assign(new Error('as the system says'), { code: system })
  const error = dialError(cause, target)
  expect(error).toMatchObject({ code, host: '192.168.1.5', port: 554, cause })
  expect(error.message).toContain('192.168.1.5')
})

test('the sentence names the port that does not answer', () => {
  expect(new DialError('connection_refused', target).message).toContain('port 554')
  expect(new DialError('timed_out', target).message).toContain('within 5 s')
})

test.each([
  ['169.254.169.254', true],
  ['::ffff:169.254.169.254', true],
  ['::ffff:a9fe:a9fe', true],
  ['fd00:ec2::254', true],
  ['fd00:0ec2:0::254', true],
  ['169.254.170.2', true],
  ['fd20:ce::254', true],
  ['100.100.100.200', true],
  ['camera.local', false],
  ['169.254.169.253', false],
  ['192.168.1.5', false],
])('%s is a metadata service: %s', (address, expected) => {
  expect(isMetadataAddress(address)).toBe(expected)
})
