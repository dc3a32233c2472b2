import { expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Muxer } from '#media/formats/muxer.ts'
import { ConvertingMuxer } from '#media/output/converting-muxer.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { settled } from '#test/helpers/held-clock.ts'

const codec = { kind: 'video', name: 'RAW', clockRate: 90_000, channels: 0, formatParameters: '' } as const
const placed = { decodeTime: 0, duration: 1, compositionOffset: 0 }

const setUp = () => {
  const written: string[] = []
  const asked: { readonly unit: AccessUnit; readonly made: PromiseWithResolvers<Buffer> }[] = []
  const failures: unknown[] = []
  const inner: Muxer = {
    takes: ({ name }) => name === 'JPEG',
    open: tracks => void written.push(`open ${tracks.length}`),
    unit: (_track, { sample }) => void written.push(String(sample)),
  }
  const muxer = new ConvertingMuxer({
    muxer: inner,
    converts: ({ name }) => name === 'RAW',
    convert: (_codec, unit) => {
      const made = Promise.withResolvers<Buffer>()
      asked.push({ unit, made })
      return made.promise
    },
    failed: error => failures.push(error),
  })
  const push = (name: string, text: string): void =>
    muxer.unit({ id: 1, codec: { ...codec, name }, configuration: [] }, frameUnit(Buffer.from(text)), placed, () => {})
  return { muxer, written, asked, failures, push }
}

test('takes what it converts and what the container takes', () => {
  const { muxer } = setUp()
  expect(['RAW', 'JPEG', 'H264'].map(name => muxer.takes({ ...codec, name }))).toEqual([true, true, false])
})

test('writes what was made, and leaves out what came meanwhile', async () => {
  const { muxer, written, asked, push } = setUp()
  muxer.open([], () => {})
  push('JPEG', 'as it is')
  for (const text of ['one', 'two']) push('RAW', text)
  asked[0]!.made.resolve(Buffer.from('ONE'))
  await settled()
  push('RAW', 'three')
  asked[1]!.made.resolve(Buffer.from('THREE'))
  await settled()
  expect(asked.map(({ unit }) => String(unit.sample))).toEqual(['one', 'three'])
  expect(written).toEqual(['open 0', 'as it is', 'ONE', 'THREE'])
})

test('passes over a picture that cannot be made, and gives up after three in a row', async () => {
  const { asked, failures, push } = setUp()
  const outcomes = [false, false, true, false, false, false]
  for (const [nth, good] of outcomes.entries()) {
    expect(failures).toEqual([])
    push('RAW', `${nth}`)
    if (good) asked[nth]!.made.resolve(Buffer.alloc(1))
    else asked[nth]!.made.reject(new Error('broken'))
    await settled()
  }
  expect(failures).toHaveLength(1)
})
