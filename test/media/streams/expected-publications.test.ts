import { expect, test } from 'vitest'
import { ExpectedPublications } from '#media/streams/expected-publications.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { h264, ScriptedProducer } from '#test/helpers/scripted-source.ts'

test('a producer goes to whoever waits for its path, once', async () => {
  const expected = new ExpectedPublications()
  const waited = expected.expect('a1b2', dialContext())
  const producer = new ScriptedProducer([h264], dialContext())
  expect(expected.contextOf('a1b2')).toBeDefined()
  expect(expected.give('other', producer)).toBe(false)
  expect(expected.give('a1b2', producer)).toBe(true)
  expect(expected.give('a1b2', producer)).toBe(false)
  expect(await waited).toBe(producer)
})

test('a second one who waits for a path is refused', async () => {
  const expected = new ExpectedPublications()
  const giveUp = new AbortController()
  const context = dialContext({ signal: giveUp.signal })
  const waited = expected.expect('a1b2', context)
  await expect(expected.expect('a1b2', dialContext())).rejects.toMatchObject({ code: 'already_expected' })
  giveUp.abort()
  await expect(waited).rejects.toMatchObject({ code: 'closed' })
  expect(expected.contextOf('a1b2')).toBeUndefined()
})
