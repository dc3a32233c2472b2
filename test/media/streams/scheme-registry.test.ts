import { describe, expect, test } from 'vitest'
import { silentLogger } from '#media/runtime/logger.ts'
import type { DialContext, ResolvingScheme } from '#media/streams/scheme.ts'
import { SchemeRegistry } from '#media/streams/scheme-registry.ts'
import { parseSourceUrl, type SourceUrl } from '#media/streams/source-url.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'

const context = (): DialContext => ({
  clock: new HeldClock(),
  logger: silentLogger,
  budget: { bytesMax: 1000, bytesUsed: 0 },
  signal: new AbortController().signal,
  continuity: () => ({ ssrc: 0, nextSequenceNumber: 0 }),
  note: () => {},
})
const elsewhere = (target: string): ResolvingScheme => ({
  kind: 'resolve',
  names: ['elsewhere'],
  trustedOnly: false,
  check() {},
  resolve: async () => target as SourceUrl,
})

describe('the registry', () => {
  test('refuses a scheme that nobody opens, naming those that work', () => {
    const registry = new SchemeRegistry([new ScriptedScheme(), elsewhere('scripted:a')])
    expect(() => registry.check('gopher://x', 'configuration')).toThrow(
      'nothing here can open gopher: sources; these work: scripted, elsewhere',
    )
  })

  test('follows a scheme that only knows where the media is', async () => {
    const scripted = new ScriptedScheme()
    scripted.answer('scripted:a', [h264])
    const registry = new SchemeRegistry([scripted, elsewhere('scripted:a')])
    const producer = await registry.dial(parseSourceUrl('elsewhere:x'), context())
    expect(producer.medias).toHaveLength(1)
    expect(scripted.dials).toEqual(['scripted:a'])
  })

  test('gives up on a source that leads to itself', async () => {
    const registry = new SchemeRegistry([elsewhere('elsewhere:again')])
    await expect(registry.dial(parseSourceUrl('elsewhere:x'), context())).rejects.toThrow('leads on and on')
  })

  test('does not start with two schemes of one name', () => {
    expect(() => new SchemeRegistry([new ScriptedScheme(), new ScriptedScheme()])).toThrow('two schemes are called')
  })
})
