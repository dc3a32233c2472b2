import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'
import { until } from '#test/helpers/until.ts'

let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
  // Programs are started by another one, which stays.
  await besieged.watch(['exec:true'])
  besieged.settle()
  await besieged.over()
})
afterAll(() => besieged[Symbol.asyncDispose]())

const nothingRuns = async (): Promise<void> => {
  let count = -1
  await until('all programs to be gone', () => {
    void besieged.engine.programs().then(programs => {
      count = programs.length
    })
    return count === 0
  })
}

/** Nobody can watch it; that is said, and nothing is left of it. */
const fails = async (source: string, codes: RegExp): Promise<void> => {
  using player = await RtspPlayer.connect(besieged.port)
  const witness = await besieged.watch([source])
  expect(witness.code).toMatch(codes)
  player.say('DESCRIBE', besieged.address())
  await until('the player to be refused', () => player.socket.bytesRead > 0 || player.socket.closed, 25_000)
  player[Symbol.dispose]()
  await nothingRuns()
  await besieged.over()
}

describe('a stream that is its own source', { timeout: 60_000 }, () => {
  test('is told to be silent', async () => {
    await fails(`${besieged.address()}#timeout=0.5`, /^silent$/)
  })

  test('is told so as well where it is asked for its speaker', async () => {
    expect(await besieged.watch([besieged.address()])).toMatchObject({ code: 'silent' })
    await besieged.over()
  })

  test('is found out by way of ffmpeg', async () => {
    await fails('ffmpeg:victim#video=copy', /^(?:program_failed|source_loop)$/)
  })

  test('by way of a program that publishes gives up with it', async () => {
    const line = `ffmpeg -v error -i ${besieged.address()} -c copy -f rtsp {output}`
    await fails(`exec:${line}#starttimeout=2`, /^program_(?:silent|failed)$/)
  })

  test('by another name is told to be silent', async () => {
    const { engine } = besieged
    engine.setStream({ id: 'victim', name: 'victim', sources: [] })
    engine.setAlias('mirror', 'victim')
    await fails(`${besieged.address('mirror')}#timeout=0.5`, /^silent$/)
  })
})

describe('streams in a circle', { timeout: 60_000 }, () => {
  test.each([2, 3, 10])('of %d end', async count => {
    const { engine } = besieged
    for (let index = 1; index < count; index++) {
      const next = besieged.address(index + 1 < count ? `ring${index + 1}` : 'victim')
      engine.setStream({ id: `ring${index}`, name: `ring${index}`, sources: [engine.checkSource(`${next}#timeout=1`)] })
    }
    const witness = await besieged.watch([`${besieged.address('ring1')}#timeout=1`])
    expect(witness.code).toMatch(/^(?:silent|camera_closed|not_found)$/)
    for (let index = 1; index < count; index++) engine.removeStream(`ring${index}`)
    await besieged.over()
  })

  test('that are kept running are dialed by their schedule, and end with it', async () => {
    const { engine } = besieged
    engine.setStream({
      id: 'victim',
      name: 'victim',
      sources: [engine.checkSource(`${besieged.address()}#timeout=0.3`)],
    })
    engine.preload('victim', '')
    await until('two dials', () => besieged.facts.filter(fact => JSON.stringify(fact).includes('"dialing"')).length > 1)
    engine.endPreload('victim')
    await besieged.over()
  })
})
