import { beforeEach, expect, test } from 'vitest'
import { handedOver } from '#media/streams/hand-over.ts'
import { PublishedSource } from '#media/streams/published-source.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { aac, h264, ScriptedProducer } from '#test/helpers/scripted-source.ts'

let clock: HeldClock
let source: PublishedSource

beforeEach(() => {
  clock = new HeldClock()
  source = new PublishedSource({ clock, wanted: () => true, changed() {}, ended() {}, revived() {}, over() {} })
  source.adopt(new ScriptedProducer([h264, aac], dialContext()))
})

const outlet = { id: 1, push() {} }

test('waits until the last outlet of the last track has gone', async () => {
  const tracks = source.medias.map(media => source.producer!.track(media)!)
  for (const track of tracks) track.attach(outlet as never)
  let over = false
  const waited = handedOver(source, clock).then(() => {
    over = true
  })
  tracks[0]!.detach(outlet as never)
  await Promise.resolve()
  expect(over).toBe(false)
  tracks[1]!.detach(outlet as never)
  await waited
  expect(clock.timerCount).toBe(0)
})

test('waits ten seconds at most, and not at all for what nobody watches', async () => {
  await handedOver(source, clock)
  source.producer!.track(source.medias[0]!)!.attach(outlet as never)
  const waited = handedOver(source, clock)
  await clock.advance(10_000)
  await waited
})
