import { expect, test } from 'vitest'
import { FfmpegPictures } from '#media/protocols/ffmpeg/ffmpeg-pictures.ts'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { PictureDecoders } from '#media/protocols/ffmpeg/picture-decoders.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { ffmpegJpegs } from '#test/helpers/jpeg-files.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'

const raw = {
  ...({ kind: 'video', name: 'RAW', clockRate: 90_000, channels: 0 } as const),
  formatParameters: 'sampling=YCbCr-4:2:0;width=16;height=16',
}
const rawUnit = () => frameUnit(Buffer.concat([Buffer.alloc(256, 235), Buffer.alloc(128, 128)]))

test('makes pictures of pictures, of one unit one for all who ask', async () => {
  await using spawner = realSpawner()
  using decoders = new PictureDecoders({ spawner, clock: systemClock })
  const pictures = new FfmpegPictures(decoders, ffmpegTemplates())
  const unit = rawUnit()
  const [one, other] = await Promise.all([pictures.jpeg('a', raw, unit), pictures.jpeg('b', raw, unit)])
  expect([one === other, decoders.decodedCount]).toEqual([true, 1])
  const pixels = await pictures.pixels('a', frameUnit(one!), { width: 4, height: 2 })
  expect(pixels.length).toBe(24)
  expect(pixels.every(value => value > 250)).toBe(true)
  expect(decoders.size).toBe(2)
  pictures.forget('a')
  expect(decoders.size).toBe(0)
})

test('who shares a picture gets it though whoever asked first has left', async () => {
  await using spawner = realSpawner()
  using decoders = new PictureDecoders({ spawner, clock: systemClock })
  const pictures = new FfmpegPictures(decoders, ffmpegTemplates())
  const unit = rawUnit()
  const first = expect(pictures.jpeg('a', raw, unit)).rejects.toMatchObject({ code: 'closed' })
  const second = pictures.jpeg('b', raw, unit)
  pictures.forget('a')
  await first
  expect((await second).length).toBeGreaterThan(100)
})

test('a JPEG of rubbish is refused in words', async () => {
  await using spawner = realSpawner()
  using decoders = new PictureDecoders({ spawner, clock: systemClock })
  const [file = Buffer.alloc(0)] = await ffmpegJpegs({})
  const rubbish = frameUnit(Buffer.concat([file.subarray(0, 100), Buffer.alloc(2000, 0x55)]))
  const pictures = new FfmpegPictures(decoders, ffmpegTemplates())
  await expect(pictures.pixels('a', rubbish, { width: 4, height: 2 })).rejects.toMatchObject({
    ...{ code: 'program_failed', message: expect.stringMatching(/^ffmpeg /) },
  })
})
