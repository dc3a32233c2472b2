import { expect, test } from 'vitest'
import { HandshakeLimits } from '#media/protocols/webrtc/handshake-limits.ts'
import { LimitError } from '#media/runtime/errors.ts'

const forever = new Promise(() => {})

const admitted = (limits: HandshakeLimits, addresses: readonly string[]): number => {
  let count = 0
  for (const address of addresses) {
    try {
      limits.admit(address, forever)
      count++
    } catch (error) {
      expect(error).toBeInstanceOf(LimitError)
    }
  }
  return count
}

const times = (count: number, address: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => address(index))

test.each([
  ['one address has a quarter of the places', () => '192.168.1.7:5', 50],
  ['so has one IPv6 network', (index: number) => `[2001:db8:1:2:${index}::${index}]:5`, 50],
  ['also as it is written in full', (index: number) => `[2001:0db8:0001:2::${index}]:5`, 50],
  ['other networks have their own', (index: number) => `[2001:db8:1:${index}::1]:5`, 200],
  ['this machine has all of them', () => '127.0.0.1:5', 200],
  ['by IPv6 too', () => '[::1]:5', 200],
  ['and so has nobody', () => '', 200],
])('%s', (_name, address, count) => {
  expect(admitted(new HandshakeLimits(), times(300, address))).toBe(count)
})

test('others get in beside one who takes all it can', () => {
  const limits = new HandshakeLimits()
  expect(
    admitted(
      limits,
      times(300, () => '10.0.0.1:5'),
    ),
  ).toBe(50)
  expect(admitted(limits, ['10.0.0.2:5', '::ffff:10.0.0.1:5', '[::ffff:10.0.0.2]:6'])).toBeGreaterThanOrEqual(2)
})

test('whoever arrives makes room for the next, and is still counted until it leaves', async () => {
  const limits = new HandshakeLimits()
  const leaving = Promise.withResolvers<void>()
  for (let count = 0; count < 1000; count++) {
    const arriving = limits.admit('10.0.0.1:5', leaving.promise)
    arriving[Symbol.dispose]()
    arriving[Symbol.dispose]()
  }
  expect(() => limits.admit('10.0.0.1:5', forever)).toThrow('browsers at once from one address')
  leaving.resolve()
  await new Promise(resolve => setImmediate(resolve))
  limits.admit('10.0.0.1:5', forever)
})
