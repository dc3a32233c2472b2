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

test('what a payload really is, is remembered as long as the camera says the same', () => {
  const memory = new CameraMemory()
  memory.useCodecName('trackID=0', 'H264', 'H265')
  expect(memory.codecName('trackID=0', 'H264')).toBe('H265')
  expect(memory.codecName('trackID=0', 'H265')).toBeUndefined()
  expect(memory.codecName('trackID=1', 'H264')).toBeUndefined()
  memory.useCodecName('trackID=0', 'H264', 'H264')
  expect(memory.codecName('trackID=0', 'H264')).toBeUndefined()
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
