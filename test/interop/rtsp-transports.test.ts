import { expect, test } from 'vitest'
import { asUnits } from '#media/codecs/adapt.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Producer } from '#media/core/producer.ts'
import { rtspScheme } from '#media/protocols/rtsp/rtsp-scheme.ts'
import type { DialingScheme, SourceNote } from '#media/streams/scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { LossyNetwork, type Mishap } from '#test/helpers/lossy-network.ts'
import { until } from '#test/helpers/until.ts'
import { WebSocketGateway } from '#test/helpers/web-socket-gateway.ts'

const scheme = (): DialingScheme => rtspScheme({ userAgent: 'Sightline' })

/** The access units of a producer's first track, as they come. */
const watch = async (producer: Producer): Promise<AccessUnit[]> => {
  const units: AccessUnit[] = []
  asUnits(producer.track(producer.medias[0]!)!)!.attach({ id: 1, push: unit => units.push(unit) })
  await producer.start()
  return units
}

/** As ffmpeg reads it, from the first keyframe on. */
const annexB = (units: readonly AccessUnit[]): Buffer => {
  const start = Buffer.from([0, 0, 0, 1])
  const from = units.findIndex(({ keyframe }) => keyframe)
  const parts = units.slice(from).flatMap(unit => (unit.keyframe ? [...unit.configuration, ...unit.parts] : unit.parts))
  return Buffer.concat(parts.flatMap(part => [start, part]))
}

const lowers = ['tcp', 'udp'] as const

test.each(lowers.flatMap(asked => lowers.map(only => [asked, only] as const)))(
  'a camera asked over %s that sends over %s only is watched',
  async (asked, only) => {
    await using camera = await GStreamerCamera.start({ lower: only })
    const notes: SourceNote[] = []
    using producer = await scheme().dial(parseSourceUrl(`${camera.url}#transport=${asked}`), dialContext({ notes }))
    const units = await watch(producer)
    await until('a second of pictures', () => units.length >= 25)
    expect(producer.info.protocol).toBe(`rtsp+${only}`)
    expect(notes.map(({ code }) => code)).toEqual(asked === only ? [] : ['transport_fallback'])
    const { hashes, complaints } = await decodedHashes('video', annexB(units.slice(0, 25)))
    expect(complaints).toEqual([])
    expect(hashes.length).toBeGreaterThanOrEqual(20)
  },
)

/** What a network of some reordering does. */
const overtaken: Mishap = index => (index % 7 === 3 ? 2 : 0)

test('packets that overtake each other on the way are put back', async () => {
  await using camera = await GStreamerCamera.start()
  await using network = await LossyNetwork.before(camera.port, overtaken)
  const url = camera.url.replace(`:${camera.port}`, `:${network.port}`)
  using producer = await scheme().dial(parseSourceUrl(`${url}#transport=udp#media=video`), dialContext())
  const units = await watch(producer)
  await until('two seconds of pictures', () => units.length >= 50)
  const { hashes, complaints } = await decodedHashes('video', annexB(units.slice(0, 50)))
  expect(complaints).toEqual([])
  expect(hashes.length).toBeGreaterThanOrEqual(45)
})

test('packets that are lost cost their pictures, and nothing else', async () => {
  await using camera = await GStreamerCamera.start()
  await using network = await LossyNetwork.before(camera.port, index => (index % 50 === 49 ? 'lost' : 0))
  const url = camera.url.replace(`:${camera.port}`, `:${network.port}`)
  using producer = await scheme().dial(parseSourceUrl(`${url}#transport=udp#media=video`), dialContext())
  const units = await watch(producer)
  await until('pictures in spite of losses', () => units.length >= 50 && network.lostCount >= 3)
  const times = units.map(({ decodingTime }) => decodingTime)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
})

test.each([
  ['as it comes', 65_536, {}, ''],
  ['in small pieces, and by a password', 700, { username: 'admin', password: 'p@ss' }, 'admin:p%40ss@'],
])('a camera in a WebSocket is watched %s', async (_name, messageBytes, login, userinfo) => {
  await using camera = await GStreamerCamera.start(login)
  await using gateway = await WebSocketGateway.before(camera.port, { messageBytes })
  const url = camera.url.replace('//', `//${userinfo}`)
  using producer = await scheme().dial(parseSourceUrl(`${url}#transport=${gateway.url}`), dialContext())
  const units = await watch(producer)
  await until('a second of pictures', () => units.length >= 25)
  expect(producer.info.protocol).toBe('rtsp+ws')
  const { hashes, complaints } = await decodedHashes('video', annexB(units.slice(0, 25)))
  expect(complaints).toEqual([])
  expect(hashes.length).toBeGreaterThanOrEqual(20)
})
