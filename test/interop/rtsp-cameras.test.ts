import { expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import type { Producer } from '#media/core/producer.ts'
import type { PacketTrack } from '#media/core/track.ts'
import { rtspScheme } from '#media/protocols/rtsp/rtsp-scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { GStreamerCamera, h264AndAac } from '#test/helpers/gstreamer-camera.ts'

const dial = (url: string): Promise<Producer> =>
  rtspScheme({ userAgent: 'Sightline' }).dial(parseSourceUrl(url), dialContext())

const withCredentials = ({ url }: GStreamerCamera, username: string, password: string): string =>
  url.replace('//', `//${encodeURIComponent(username)}:${encodeURIComponent(password)}@`)

/** Fulfilled when a track has brought two keyframes: everything between them has come too. */
const twoKeyframes = (producer: Producer, index: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const track = producer.track(producer.medias[index]!) as PacketTrack
  let keyframes = 0
  track.attach({
    id: index,
    push: group => {
      if (group.keyframe && ++keyframes === 2) resolve()
    },
  })
  return promise
}

const video = 'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 !'
const audio = 'audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 !'

test.each([
  ['H.264 and AAC', h264AndAac, ['video, recvonly, H264', 'audio, recvonly, MPEG4-GENERIC/16000/1']],
  [
    'H.265 and Opus',
    `( ${video} x265enc speed-preset=ultrafast tune=zerolatency key-int-max=25 ! h265parse ! rtph265pay name=pay0 pt=96 ` +
      'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97 )',
    ['video, recvonly, H265', 'audio, recvonly, OPUS/48000/2'],
  ],
  [
    'two pictures and two sounds',
    `( ${['pay0', 'pay1'].map(name => `${video} x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse ! rtph264pay name=${name} pt=96 config-interval=-1`).join(' ')} ` +
      `${audio} mulawenc ! rtppcmupay name=pay2 pt=0 ${audio} alawenc ! rtppcmapay name=pay3 pt=8 )`,
    ['video, recvonly, H264', 'video, recvonly, H264', 'audio, recvonly, PCMU/8000', 'audio, recvonly, PCMA/8000'],
  ],
  [
    'PCMU and PCMA',
    `( ${audio} mulawenc ! rtppcmupay name=pay0 pt=0 ${audio} alawenc ! rtppcmapay name=pay1 pt=8 )`,
    ['audio, recvonly, PCMU/8000', 'audio, recvonly, PCMA/8000'],
  ],
])('a camera of %s is watched', async (_name, launch, medias) => {
  await using camera = await GStreamerCamera.start({ launch })
  using producer = await dial(camera.url)
  expect(producer.medias.map(formatMedia)).toEqual(medias)
  const arrived = producer.medias.map((_media, index) => twoKeyframes(producer, index))
  await producer.start()
  await Promise.all(arrived)
})

test.each([
  ['Digest', false],
  ['Basic', true],
])('a camera that asks for a password by %s gets it', async (_name, basic) => {
  const [username, password] = ['admin', 'p@ss #w/rd:ü']
  await using camera = await GStreamerCamera.start({ username, password, basic })
  using producer = await dial(withCredentials(camera, username, password))
  const arrived = twoKeyframes(producer, 0)
  await producer.start()
  await arrived
  await expect(dial(withCredentials(camera, username, 'wrong'))).rejects.toMatchObject({ code: 'wrong_password' })
  await expect(dial(camera.url)).rejects.toMatchObject({ code: 'password_needed' })
})

test('a camera with nothing at the path says so', async () => {
  await using camera = await GStreamerCamera.start()
  await expect(dial(`${camera.url}/elsewhere/entirely`)).rejects.toMatchObject({ code: 'not_found' })
})

test('a camera that is switched off ends its producer', async () => {
  await using camera = await GStreamerCamera.start()
  using producer = await dial(camera.url)
  await producer.start()
  await camera.stop()
  expect(await producer.closed).toMatchObject({ code: 'camera_closed' })
})
