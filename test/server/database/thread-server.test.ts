import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { serveThread } from '#server/database/thread-server.ts'

test('questions are begun in the order they came, answers come when they are ready', async () => {
  const { port1, port2 } = new MessageChannel()
  const begun: string[] = []
  serveThread(
    port1,
    {
      slow: async (text: string) => {
        begun.push(text)
        await new Promise(resolve => setImmediate(resolve))
        return text
      },
      fast: (text: string) => begun.push(text),
    },
    () => undefined,
  )
  const answers: unknown[] = []
  const done = new Promise<void>(resolve => {
    port2.on('message', answer => {
      answers.push(answer)
      if (answers.length === 2) resolve()
    })
  })
  port2.postMessage({ id: 1, method: 'slow', input: 'a' })
  port2.postMessage({ id: 2, method: 'fast', input: 'b' })
  await done
  expect(begun).toEqual(['a', 'b'])
  expect(answers).toEqual([
    { id: 2, outcome: 'ok', output: 2 },
    { id: 1, outcome: 'ok', output: 'a' },
  ])
  port1.close()
})
