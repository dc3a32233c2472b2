import { beforeEach, expect, test } from 'vitest'
import type { SourceNote } from '#media/streams/scheme.ts'
import { watchTracks } from '#media/streams/track-watch.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { aac, h264, ScriptedProducer } from '#test/helpers/scripted-source.ts'

let clock: HeldClock
let notes: SourceNote[]
let producer: ScriptedProducer

beforeEach(() => {
  clock = new HeldClock()
  notes = []
  producer = new ScriptedProducer([h264, aac], dialContext())
  watchTracks(producer, { clock, note: note => notes.push(note) })
})

/** Lets seconds pass in which these medias send something. */
const seconds = async (count: number, send: (second: number) => void): Promise<void> => {
  for (let i = 0; i < count; i++) {
    await clock.advance(1000)
    send(clock.now())
  }
}

test('a camera that sends pictures with keyframes is left alone, and so is one that sends nothing yet', async () => {
  await clock.advance(600_000)
  expect(producer.ended).toBe(false)
  let pictures = 0
  await seconds(600, now => producer.push(0, pictures++ % 60 === 0, now))
  expect(producer.ended).toBe(false)
  producer.close()
  await settled()
  expect(clock.timerCount).toBe(0)
})

test('pictures that stand still while the sound goes on end the connection', async () => {
  await seconds(10, now => producer.push(0, true, now))
  await seconds(15, now => producer.push(1, true, now))
  expect(producer.ended).toBe(false)
  await seconds(15, now => producer.push(1, true, now))
  expect(producer.ended).toBe(true)
  expect(notes).toMatchObject([{ code: 'picture_stopped' }])
  expect(await producer.closed).toMatchObject({ code: 'picture_stopped' })
})

test('a connection that is silent as a whole is the protocol’s to judge', async () => {
  await seconds(10, now => producer.push(0, true, now))
  await clock.advance(300_000)
  expect(producer.ended).toBe(false)
})

test('pictures without any keyframe end the connection after half a minute', async () => {
  await seconds(29, now => producer.push(0, false, now))
  expect(producer.ended).toBe(false)
  await seconds(12, now => producer.push(0, false, now))
  expect(await producer.closed).toMatchObject({ code: 'no_keyframe' })
})

test('keyframes that stop coming end it later, because some encoders stretch them to a minute', async () => {
  await seconds(10, now => producer.push(0, true, now))
  await seconds(80, now => producer.push(0, false, now))
  expect(producer.ended).toBe(false)
  await seconds(20, now => producer.push(0, false, now))
  expect(await producer.closed).toMatchObject({ code: 'no_keyframe' })
})
