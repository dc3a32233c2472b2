import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dialRtsp } from '#media/protocols/rtsp/rtsp-setup.ts'
import { parseRtspSource } from '#media/protocols/rtsp/rtsp-source.ts'
import { MediaError } from '#media/runtime/errors.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { type CameraRequest, frame, goodCamera, ScriptedCamera } from '#test/helpers/scripted-camera.ts'

/** What is done to the bytes a good camera would have answered. */
type Spoil = (bytes: Buffer) => Buffer

const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  fc.constant<Spoil>(bytes => bytes),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, mask]): Spoil => {
    return bytes => {
      const spoiled = Buffer.from(bytes)
      spoiled[at % spoiled.length]! ^= mask
      return spoiled
    }
  }),
  fc.nat().map(
    (at): Spoil =>
      bytes =>
        bytes.subarray(0, at % bytes.length),
  ),
  fc.uint8Array({ maxLength: 64 }).map(
    (more): Spoil =>
      bytes =>
        Buffer.concat([frame(0, Buffer.from(more)), bytes]),
  ),
  fc.uint8Array({ maxLength: 64 }).map(
    (instead): Spoil =>
      () =>
        Buffer.from(instead),
  ),
)

/** All ways to set a camera up. */
const options = fc.constantFrom('', '#backchannel=0', '#transport=udp', '#transport=udp#backchannel=1')

test('a camera that answers anything at all is watched, or told of, in bounded time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(spoils, { minLength: 4, maxLength: 8 }), options, async (script, option) => {
      const good = goodCamera()
      let step = 0
      await using camera = await ScriptedCamera.start((request: CameraRequest) => {
        const spoil = script[step++ % script.length]!
        request.socket.end(spoil(good(request) as Buffer))
        return undefined
      })
      try {
        const source = parseRtspSource(parseSourceUrl(`${camera.url}${option}`))
        using producer = await dialRtsp(source, dialContext(), 'Sightline')
        await producer.start()
      } catch (error) {
        expect(error).toBeInstanceOf(MediaError)
      }
    }),
    { numRuns: 200 },
  )
})

test('a stream of anything at all ends by itself or goes on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), async pieces => {
      const good = goodCamera()
      await using camera = await ScriptedCamera.start(request => {
        if (request.method !== 'PLAY') return good(request)
        request.socket.write(good(request) as Buffer)
        for (const piece of pieces) request.socket.write(piece)
        request.socket.end()
        return undefined
      })
      using producer = await dialRtsp(parseRtspSource(parseSourceUrl(camera.url)), dialContext(), 'Sightline')
      await producer.start()
      expect((await producer.closed).code).toMatch(/^(camera_closed|garbled)$/)
    }),
    { numRuns: 100 },
  )
})
