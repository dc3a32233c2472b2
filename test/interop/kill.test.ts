import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startServerProcess } from '#test/helpers/server-process.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const ROUNDS = 8
const CLIENTS = ['porch', 'garden', 'garage'] as const
const COMMENT = '# the cameras of the house'

type Client = (typeof CLIENTS)[number]

/** What a client was promised last, and what it has asked for since. */
interface Promised {
  acknowledged: number
  asked: number
}

const sourcesOf = (client: Client, n: number): readonly string[] => [
  `rtsp://u:pass-${n}@127.0.0.1:1/${client}/${n}`,
  `rtsp://127.0.0.1:1/${client}/${n}/second`,
]

/** Changes its stream again and again, until the server is gone. */
const changeUntilGone = async (url: string, client: Client, promised: Promised): Promise<void> => {
  try {
    for (;;) {
      promised.asked++
      const query = sourcesOf(client, promised.asked).map(source => `src=${encodeURIComponent(source)}`)
      const answer = await fetch(`${url}/api/streams?name=${client}&${query.join('&')}`, { method: 'PUT' })
      if (answer.status !== 200) throw new TypeError(`status ${answer.status}: ${await answer.text()}`)
      promised.acknowledged = promised.asked
    }
  } catch (error) {
    // The connection breaks when the server is killed; anything else is a failure.
    if (error instanceof TypeError && error.message.startsWith('status')) throw error
  }
}

test('a server that is killed again and again keeps what it promised, and nothing by halves', async () => {
  using folder = new TemporaryFolder()
  const file = join(folder.path, 'go2rtc.yaml')
  writeFileSync(file, `${COMMENT}\nstreams:\n  # never touched\n  other: 'rtsp://127.0.0.1:1/other'   # as it was\n`)
  const promises = new Map<Client, Promised>(CLIENTS.map(client => [client, { acknowledged: 0, asked: 0 }]))
  const args = ['-c', file, '-c', '{api: {listen: "127.0.0.1:0"}, rtsp: {listen: ""}}']
  for (let round = 0; round <= ROUNDS; round++) {
    await using server = startServerProcess(args, folder.path)
    const [, url = ''] = await server.line(/open (\S+) in/)
    const streams = (await (await fetch(`${url}/api/streams`)).json()) as Record<
      string,
      { producers: readonly { url: string }[] }
    >
    for (const [client, promised] of promises) {
      const found = streams[client]?.producers.map(producer => producer.url) ?? []
      const kept = Number(/(\d+)$/.exec(found[0] ?? '0')?.[1])
      expect(kept, client).toBeGreaterThanOrEqual(promised.acknowledged)
      expect(kept, client).toBeLessThanOrEqual(promised.asked)
      expect(found, client).toEqual(kept === 0 ? [] : sourcesOf(client, kept))
      promised.asked = kept
    }
    const text = readFileSync(file, 'utf8')
    expect(text.startsWith(COMMENT)).toBe(true)
    expect(text).toContain("  # never touched\n  other: 'rtsp://127.0.0.1:1/other'   # as it was\n")
    for (const [client, { asked }] of promises)
      for (const source of asked === 0 ? [] : sourcesOf(client, asked)) expect(text).toContain(source)
    if (round === ROUNDS) break
    const clients = [...promises].map(([client, promised]) => changeUntilGone(url, client, promised))
    setTimeout(() => server.child.kill('SIGKILL'), 30 + Math.random() * 250)
    await Promise.all(clients)
  }
  expect([...promises.values()].every(({ acknowledged }) => acknowledged > 0)).toBe(true)
}, 120_000)
