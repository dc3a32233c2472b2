import { expect, test } from 'vitest'
import { ThreadClient } from '#server/database/thread-client.ts'
import type { EchoMethods } from '#test/fixtures/programs/echo-thread.ts'

class TestRefusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const start = (
  onNotice: (notice: string) => void = () => {},
  onFailure: (reason: string) => void = () => {},
): ThreadClient<EchoMethods, string> =>
  new ThreadClient<EchoMethods, string>({
    file: new URL('../../fixtures/programs/echo-thread.ts', import.meta.url),
    workerData: { prefix: '> ' },
    refuse: (code, message) => new TestRefusal(code, message),
    onNotice,
    onFailure,
  })

test('a question gets its answer', async () => {
  const client = start()
  expect(await Promise.all([client.call('echo', 'a'), client.call('echo', 'b')])).toEqual(['> a', '> b'])
  await client.terminate()
})

test('a refusal comes as one, with code and sentence', async () => {
  const client = start()
  await expect(client.call('refuse', 'name_taken')).rejects.toMatchObject({
    code: 'name_taken',
    message: 'refused with name_taken',
  })
  await client.terminate()
})

test('a failure comes as an error, and the thread lives on', async () => {
  const client = start()
  await expect(client.call('fail', 'our mistake')).rejects.toThrow('our mistake')
  expect(await client.call('echo', 'still here')).toBe('> still here')
  await client.terminate()
})

test('what is told comes before the answer that follows it', async () => {
  const heard: string[] = []
  const client = start(notice => void heard.push(notice))
  await client.call('tell', 'first')
  expect(heard).toEqual(['first'])
  await client.terminate()
})

test('an end that was asked for is no failure', async () => {
  const failures: string[] = []
  const client = start(undefined, reason => void failures.push(reason))
  await client.call('echo', 'a')
  await client.terminate()
  expect([failures, client.hasEnded]).toEqual([[], true])
})

test('a thread that has ended refuses what waited and what comes later, and is told once', async () => {
  const failures: string[] = []
  const client = start(undefined, reason => void failures.push(reason))
  const waiting = client.call('end', 0)
  await expect(waiting).rejects.toMatchObject({ code: 'storage' })
  await expect(client.call('echo', 'x')).rejects.toMatchObject({ code: 'storage' })
  expect(failures.length).toBe(1)
  await client.terminate()
})

test('more questions than may wait are refused', async () => {
  const client = start()
  const asked = Array.from({ length: 10_001 }, (_, index) => client.call('echo', `${index}`))
  await expect(asked.at(-1)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('too many') })
  expect((await Promise.all(asked.slice(0, -1))).length).toBe(10_000)
  await client.terminate()
})
