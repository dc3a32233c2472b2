import { expect, test } from 'vitest'
import { bindingRequest } from '#media/protocols/webrtc/binding.ts'
import { IceRouter } from '#media/protocols/webrtc/ice-router.ts'
import { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import { addressQuestion } from '#media/protocols/webrtc/stun-message.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

test('a check is its session’s once it is proven, everything else is nobody’s', async () => {
  const clock = new HeldClock()
  using router = new IceRouter(clock)
  const session = new IceSession({ clock, role: 'controlled' })
  router.add(session)
  const check = (remotePassword: string): Buffer =>
    bindingRequest({
      ...{ transactionId: Buffer.alloc(12), names: { local: 'peer', remote: session.localName }, remotePassword },
      ...{ priority: 1, role: 'controlling', tieBreaker: 1n, nominates: true },
    })
  expect(router.checkIn(check(session.localPassword))?.session).toBe(session)
  expect([router.checkIn(check('guessed')), router.checkIn(addressQuestion())]).toEqual([undefined, undefined])
  expect(router.strayCount).toBe(2)
  session.close()
  await session.closed
  expect(router.sessionCount).toBe(0)
})

test('only so many checks a second go to who has proven nothing', async () => {
  const clock = new HeldClock()
  const router = new IceRouter(clock)
  const allowed = (): number => Array.from({ length: 1000 }, () => router.mayCall()).filter(Boolean).length
  expect([allowed(), router.withheldCount]).toEqual([500, 500])
  await clock.advance(1000)
  expect(allowed()).toBe(500)
  router[Symbol.dispose]()
  expect(clock.timerCount).toBe(0)
})
