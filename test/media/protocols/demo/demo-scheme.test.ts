import { copyFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { DemoClipError } from '#media/protocols/demo/demo-clip.ts'
import { demoScheme } from '#media/protocols/demo/demo-scheme.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const source = parseSourceUrl('demo:')

test('dials a producer of its own for each source', async () => {
  const scheme = demoScheme({ clip: fixturePath('h264-slices.mp4') })
  const [one, other] = [await scheme.dial(source, dialContext()), await scheme.dial(source, dialContext())]
  expect(one).not.toBe(other)
  expect(one.medias.map(media => media.kind)).toEqual(['video'])
  expect(one.info.formatName).toBe('demo')
})

test('says so when there is no clip', async () => {
  await expect(demoScheme({ clip: undefined }).dial(source, dialContext())).rejects.toThrow(DemoClipError)
})

test('looks again for a clip that was missing', async () => {
  using folder = new TemporaryFolder()
  const clip = folder.at('clip.mp4')
  const scheme = demoScheme({ clip })
  await expect(scheme.dial(source, dialContext())).rejects.toThrow(DemoClipError)
  await copyFile(fixturePath('h264-slices.mp4'), clip)
  expect((await scheme.dial(source, dialContext())).medias).toHaveLength(1)
})
