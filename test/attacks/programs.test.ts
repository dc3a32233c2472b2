import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesiegedEngine, type Witness } from '#test/helpers/besieged-engine.ts'
import { heldBytes } from '#test/helpers/collected-garbage.ts'
import { until } from '#test/helpers/until.ts'

const MIB = 1024 * 1024

let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
  // Programs are started by another one, which stays.
  await besieged.watch(['exec:true'])
  besieged.settle()
  await besieged.over()
})
afterAll(() => besieged[Symbol.asyncDispose]())

const shell = (script: string, options = ''): string => `exec:sh -c "${script}"${options}`
const publishing = (script: string): string => `exec:sh -c "${script}" {output}#starttimeout=2`

/** What runs, as the engine was told last. */
const running = async (): Promise<number> => (await besieged.engine.programs()).length

/** It is over with a name, nothing runs and little is held. */
const ends = async (witness: Witness, before: number): Promise<void> => {
  const cause = (): string | undefined => besieged.engine.streamByName('victim')?.sources[0]?.cause?.code
  await until('an end', () => witness.code !== undefined || cause() !== undefined, 15_000)
  expect(witness.code ?? cause()).toMatch(/^[a-z_]+$/)
  expect(heldBytes() - before).toBeLessThan(32 * MIB)
  besieged.engine.removeStream('victim')
  let count = -1
  await until('nothing to run', () => {
    void running().then(found => {
      count = found
    })
    return count === 0
  })
  await besieged.over()
}

describe('a program that', { timeout: 20_000 }, () => {
  test.each([
    ['floods its output', shell('exec cat /dev/zero')],
    ['floods its output after a good beginning', shell('printf FLV; exec cat /dev/zero')],
    ['floods its last words', shell('exec cat /dev/zero >&2', '#starttimeout=2')],
    ['floods both', shell('cat /dev/urandom >&2 & exec cat /dev/urandom')],
    ['says nothing', shell('exec sleep 1000', '#starttimeout=1')],
    ['closes its output and stays', shell('exec >&-; exec sleep 1000', '#killtimeout=1')],
    [
      'does not end when it should',
      shell('trap : TERM INT HUP; while :; do sleep 1; done', '#starttimeout=1#killtimeout=1'),
    ],
    ['leaves children behind', shell('sleep 1000 & sleep 1000 & exit 0')],
    ['leaves a child with its output', shell('sleep 1000 & exit 1')],
    ['kills itself', shell('kill -9 $$')],
    ['is not there', 'exec:/no/such/program'],
    ['never publishes', publishing('exec sleep 1000')],
    ['ends before it publishes', publishing('exit 3')],
    ['floods instead of publishing', publishing('exec cat /dev/urandom >&2')],
    ['publishes nothing that can be taken', publishing("printf 'ANNOUNCE %s RTSP/1.0\\r\\n\\r\\n' $0")],
  ])('%s ends', async (_name, source) => {
    const before = heldBytes()
    await ends(await besieged.watch([source]), before)
  })

  test('publishes twice is taken once', async () => {
    const input = '-re -f lavfi -i testsrc2=size=160x120:rate=10 -c:v libx264 -preset ultrafast -tune zerolatency -g 10'
    const line = `ffmpeg -v error ${input} -f rtsp -rtsp_transport tcp`
    const witness = await besieged.watch([`exec:sh -c "${line} $0 & ${line} $0 & wait" {output}`])
    expect(witness.code).toBeUndefined()
    await until('pictures', () => witness.sink.messageCount > 5)
    expect(besieged.engine.streamByName('victim')!.sources).toMatchObject([{ state: 'live', published: false }])
    besieged.engine.removeStream('victim')
    await ends(witness, heldBytes())
  })
})
