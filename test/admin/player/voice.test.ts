import { beforeEach, expect, test } from 'vitest'
import { levelOf, microphoneProblem, Voice } from '../../../apps/admin/src/player/voice.ts'

class Track {
  enabled = true
  readyState = 'live'
  stop(): void {
    this.readyState = 'ended'
  }
}

class SilentContext {
  createMediaStreamSource = () => ({ connect: () => {} })
  close = async () => {}
}

class LoudAnalyser {
  getFloatTimeDomainData(samples: Float32Array): void {
    samples.fill(1)
  }
}

let track: Track
let ask: () => Promise<unknown>

beforeEach(() => {
  track = new Track()
  ask = async () => ({ getAudioTracks: () => [track] })
  Object.assign(globalThis, { AudioContext: SilentContext, AnalyserNode: LoudAnalyser })
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: { getUserMedia: () => ask() } })
})

function begin() {
  const states: string[] = []
  const given: unknown[] = []
  const voice: Voice = new Voice(() => states.push(voice.status.state))
  const sender = { track: null, replaceTrack: async (one: unknown) => void given.push(one) } as unknown as RTCRtpSender
  return { voice, states, given, sender }
}

test('the microphone is asked for by the first press, and heard only while somebody presses', async () => {
  const { voice, states, given, sender } = begin()
  voice.connect(sender)
  await voice.press()
  expect([states, given, track.enabled, voice.level]).toEqual([['ready', 'asking', 'talking'], [track], true, 1])
  voice.release()
  expect([voice.status.state, track.enabled, voice.level]).toEqual(['ready', false, 0])
  await voice.press()
  expect(track.enabled).toBe(true)
  voice.close()
  expect([track.readyState, voice.status.state]).toEqual(['ended', 'off'])
})

test('who lets go while the browser still asks is not heard', async () => {
  const { voice, sender } = begin()
  voice.connect(sender)
  const pressed = voice.press()
  voice.release()
  await pressed
  expect([voice.status.state, track.enabled]).toEqual(['ready', false])
})

test('a camera without a backchannel, and a browser that refuses, are said in words; the next press asks again', async () => {
  const { voice, sender } = begin()
  voice.connect(undefined)
  expect(voice.status).toMatchObject({ state: 'unable', problem: expect.stringContaining('no backchannel') })
  voice.connect(sender)
  ask = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
  await voice.press()
  expect(voice.status).toMatchObject({ state: 'unable', problem: expect.stringContaining('Allow it') })
  ask = async () => ({ getAudioTracks: () => [track] })
  await voice.press()
  expect(voice.status.state).toBe('talking')
  voice.refuse('Talking needs WebRTC.')
  expect(voice.status).toMatchObject({ problem: 'Talking needs WebRTC.' })
})

test('without https there is no microphone', async () => {
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: undefined })
  const { voice, sender } = begin()
  voice.connect(sender)
  await voice.press()
  expect(voice.status).toMatchObject({ state: 'unable', problem: expect.stringContaining('https') })
})

test.each(['NotFoundError', 'NotReadableError', 'AbortError'])('%s is a sentence', name => {
  expect(microphoneProblem(new DOMException('why', name))).toMatch(/^[A-Z].{15}/)
})

test.each([
  ['silence', 0, 0],
  ['60 dB below the loudest', 0.001, 0],
  ['30 dB below it', 10 ** (-30 / 20), 0.5],
  ['the loudest', 1, 1],
])('%s', (_name, amplitude, level) => {
  expect(levelOf(new Float32Array(64).fill(amplitude))).toBeCloseTo(level)
})
