import { expect, test } from 'vitest'
import { KeepAlive } from '#media/protocols/rtsp/keep-alive.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'

const setUp = (seconds: number | undefined, answer: () => Promise<number>) => {
  const clock = new HeldClock()
  const logger = new RecordingLogger()
  const asked: string[] = []
  const request = async (method: string) => {
    asked.push(method)
    return { status: await answer(), reason: '', headers: [], body: Buffer.alloc(0) }
  }
  const keepAlive = new KeepAlive({ client: { request }, target: 'rtsp://camera', seconds, clock, logger })
  return { clock, logger, asked, keepAlive }
}

test.each([
  ['five seconds before its end', 60, 55_000],
  ['half way through a short one', 6, 3_000],
  ['every 25 s where nobody says how long it lasts', undefined, 25_000],
])('a session is kept alive %s', async (_name, seconds, period) => {
  const { clock, asked, keepAlive } = setUp(seconds, async () => 200)
  await clock.advance(period - 1)
  expect(asked).toEqual([])
  await clock.advance(1)
  expect(asked).toEqual(['OPTIONS'])
  await clock.advance(period)
  expect(asked).toEqual(['OPTIONS', 'OPTIONS'])
  keepAlive[Symbol.dispose]()
  expect(clock.timerCount).toBe(0)
})

test('a camera that does not like the question gets another one', async () => {
  const { clock, asked } = setUp(30, async () => 405)
  await clock.advance(50_000)
  expect(asked).toEqual(['OPTIONS', 'GET_PARAMETER'])
})

test('a camera that does not answer is asked again', async () => {
  const { clock, asked, logger } = setUp(30, async () => {
    throw new Error('silent')
  })
  await clock.advance(50_000)
  expect(asked).toHaveLength(2)
  expect(logger.of('debug')).toHaveLength(2)
})
