import { expect, test } from 'vitest'
import { CameraMemories, CameraMemory } from '#media/protocols/rtsp/camera-memory.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

test('what worked instead is remembered for an hour', async () => {
  const clock = new HeldClock()
  const memory = new CameraMemory()
  expect(memory.lower(clock)).toBeUndefined()
  expect(memory.refusesBackchannel(clock)).toBe(false)
  memory.useLower('udp', clock)
  memory.backchannelRefused(clock)
  await clock.advance(3_599_000)
  expect(memory.lower(clock)).toBe('udp')
  expect(memory.refusesBackchannel(clock)).toBe(true)
  await clock.advance(1_000)
  expect(memory.lower(clock)).toBeUndefined()
  expect(memory.refusesBackchannel(clock)).toBe(false)
})

test('what a media really is, is remembered as long as the camera says the same', () => {
  const memory = new CameraMemory()
  memory.sawCodec('trackID=0', 'H264', 'H265')
  expect(memory.realCodec('trackID=0', 'H264')).toBe('H265')
  expect(memory.realCodec('trackID=0', 'H265')).toBeUndefined()
  expect(memory.realCodec('trackID=1', 'H264')).toBeUndefined()
  // It was taken for H.265, and is H.264 again.
  memory.sawCodec('trackID=0', 'H265', 'H264')
  expect(memory.realCodec('trackID=0', 'H264')).toBeUndefined()
})

test('no more medias are remembered than a camera has', () => {
  const memory = new CameraMemory()
  for (let index = 0; index < 33; index++) memory.sawCodec(`${index}`, 'H264', 'H265')
  expect(memory.realCodec('31', 'H264')).toBe('H265')
  expect(memory.realCodec('32', 'H264')).toBeUndefined()
})

test('each source has its own memory, and there are not more than 4 096', () => {
  const memories = new CameraMemories()
  const first = memories.of('rtsp://0')
  expect(memories.of('rtsp://0')).toBe(first)
  expect(memories.of('rtsp://1')).not.toBe(first)
  for (let index = 2; index < 4096; index++) memories.of(`rtsp://${index}`)
  expect(memories.of('rtsp://0')).toBe(first)
  memories.of('rtsp://one-more')
  expect(memories.of('rtsp://0')).not.toBe(first)
})
