import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatMedia, type Media } from '#media/core/media.ts'
import type { Producer, Talk } from '#media/core/producer.ts'
import { rtspScheme } from '#media/protocols/rtsp/rtsp-scheme.ts'
import type { SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'
import { Voice } from '#test/helpers/voice.ts'

const dial = (url: string, notes: SourceNote[] = []): Promise<Producer> =>
  rtspScheme({ userAgent: 'Sightline' }).dial(parseSourceUrl(url), dialContext({ notes }))

/** Takes µ-law and writes it down as it comes. */
const writingTo = (file: string): string =>
  '( capsfilter caps="application/x-rtp, media=audio, payload=0, clock-rate=8000, encoding-name=PCMU" ' +
  `name=depay_backchannel ! rtppcmudepay ! filesink async=false buffer-mode=unbuffered location=${file} )`

/** Milliseconds until what is said is heard: the camera gathers 200 ms of it first. */
const HEARD_MS_MAX = 4000
const TRIES_MAX = 3

const heardIn = (file: string): Buffer => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0))

/**
 * Talks until the camera plays it. What comes while GStreamer's server is still starting is lost, and once in some
 * dozens of times on a busy machine it then plays nothing at all: whoever is not heard presses the button again.
 */
const talkUntilHeard = async (producer: Producer, speaker: Media, voice: Voice, file: string): Promise<Talk> => {
  for (let tries = 1; ; tries++) {
    const talk = producer.talk!(speaker, speaker.codecs[0]!, voice.track)!
    try {
      await until(
        'the way to the speaker',
        () => {
          voice.say(255)
          return talk.sentCount > 0 && heardIn(file).includes(Buffer.alloc(160, 255))
        },
        HEARD_MS_MAX,
      )
      return talk
    } catch (error) {
      if (tries === TRIES_MAX || talk.sentCount === 0) throw error
      talk[Symbol.dispose]()
    }
  }
}

describe('a camera with a speaker', () => {
  test.each(['tcp', 'udp'] as const)('plays what is said, and its pictures go on, over %s', async lower => {
    using folder = new TemporaryFolder()
    const file = folder.at('heard')
    await using camera = await GStreamerCamera.start({ backchannel: writingTo(file) })
    const notes: SourceNote[] = []
    using producer = await dial(`${camera.url}#backchannel=1#transport=${lower}`, notes)
    expect(producer.medias.map(formatMedia)).toEqual([
      'video, recvonly, H264',
      'audio, recvonly, MPEG4-GENERIC/16000/1',
      'audio, sendonly, PCMU/8000',
    ])
    await producer.start()
    const speaker = producer.medias[2]!
    const voice = new Voice()
    const talk = await talkUntilHeard(producer, speaker, voice, file)
    const said = Array.from({ length: 50 }, (_, index) => index + 1)
    for (const sample of said) voice.say(sample)
    await until('the last word', () => heardIn(file).includes(Buffer.alloc(160, 50)))
    talk[Symbol.dispose]()
    const words = Buffer.concat(said.map(sample => Buffer.alloc(160, sample)))
    expect(heardIn(file).includes(words)).toBe(true)
    expect(notes).toEqual([])
    const before = producer.info.bytesReceived
    await until('more pictures', () => producer.info.bytesReceived > before + 10_000)
  })

  test('is left alone where its source says so', async () => {
    using folder = new TemporaryFolder()
    await using camera = await GStreamerCamera.start({ backchannel: writingTo(folder.at('heard')) })
    using producer = await dial(`${camera.url}#backchannel=0`)
    expect(producer.medias.map(({ direction }) => direction)).toEqual(['recvonly', 'recvonly'])
  })
})
