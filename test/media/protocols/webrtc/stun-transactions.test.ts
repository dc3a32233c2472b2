import { expect, test } from 'vitest'
import { addressQuestion } from '#media/protocols/webrtc/stun-message.ts'
import { StunTransactions } from '#media/protocols/webrtc/stun-transactions.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const asked = (isIt = true) => {
  const clock = new HeldClock()
  const transactions = new StunTransactions(clock)
  const bytes = addressQuestion()
  const happened: string[] = []
  const open = transactions.ask({
    ...{ bytes, waits: [100, 200] },
    send: () => happened.push('sent'),
    answered: (_bytes, from) => {
      happened.push(`answered by ${from}`)
      return isIt
    },
    unanswered: () => happened.push('unanswered'),
  })
  return { clock, transactions, bytes, happened, open }
}

test('a question is sent again until the last wait is over, and then counts as unanswered', async () => {
  const { clock, transactions, happened } = asked()
  await clock.advance(10_000)
  expect(happened).toEqual(['sent', 'sent', 'unanswered'])
  expect([clock.timerCount, transactions.openCount]).toEqual([0, 0])
})

test('an answer ends it, and comes once', async () => {
  const { clock, transactions, bytes, happened } = asked()
  expect([transactions.take(bytes, 'them'), transactions.take(bytes, 'them')]).toEqual([true, false])
  await clock.advance(10_000)
  expect(happened).toEqual(['sent', 'answered by them'])
  expect([clock.timerCount, transactions.openCount]).toEqual([0, 0])
})

test('what is no answer to it changes nothing', async () => {
  const { clock, transactions, bytes, happened } = asked(false)
  expect(transactions.take(addressQuestion(), 'them')).toBe(false)
  expect(transactions.take(bytes, 'others')).toBe(false)
  await clock.advance(10_000)
  expect(happened).toEqual(['sent', 'answered by others', 'sent', 'unanswered'])
})

test('it can be sent once more at once, unless nobody cares any longer', async () => {
  const { clock, transactions, bytes, happened, open } = asked()
  open.again()
  open[Symbol.dispose]()
  open.again()
  await clock.advance(10_000)
  expect(happened).toEqual(['sent', 'sent'])
  expect([transactions.take(bytes, 'them'), clock.timerCount]).toEqual([false, 0])
})
