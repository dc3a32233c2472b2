import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asciiViewer, type SnapshotRequest } from '#media'
import { splitAnnexB } from '#media/codecs/nal/annex-b.ts'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { CountingSink } from '#test/helpers/counting-sink.ts'
import { ffmpegJpegs } from '#test/helpers/jpeg-files.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const folder = new TemporaryFolder()
let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
  // Whatever runs programs is kept from the first one on.
  await victim(fixturePath('h264-b-frames.h264'))
  await snapshot()
  besieged.engine.removeStream('victim')
  besieged.settle()
  await besieged.over()
})
afterAll(async () => {
  await besieged[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const victim = async (path: string): Promise<void> => {
  besieged.engine.removeStream('victim')
  const sources = [besieged.engine.checkSource(`file:${path}`, 'configuration', 'victim')]
  besieged.engine.setStream({ id: 'victim', name: 'victim', sources })
}
const snapshot = (more: Partial<SnapshotRequest> = {}) => {
  const signal = new AbortController().signal
  return besieged.engine.snapshot('victim', { change: {}, remoteAddress: '', userAgent: '', signal, ...more })
}

/** A film whose parameter sets are right, and whose pictures are made of these bytes. */
const broken = (content: (nal: Buffer) => Buffer): string => {
  const nals = splitAnnexB(readFileSync(fixturePath('h264-b-frames.h264'))).map(nal =>
    [1, 5].includes(nal[0]! & 0x1f) ? content(nal) : nal,
  )
  return folder.write('broken.h264', Buffer.concat(nals.flatMap(nal => [Buffer.of(0, 0, 0, 1), nal])))
}

test.each([
  ['nothing but ones', (nal: Buffer) => Buffer.concat([nal.subarray(0, 1), Buffer.alloc(nal.length, 0xff)])],
  ['headers alone', (nal: Buffer) => nal.subarray(0, 2)],
  ['the half of each picture', (nal: Buffer) => nal.subarray(0, nal.length >> 1)],
])('keyframes of %s give a picture or a sentence, in bounded time', async (_name, content) => {
  await victim(broken(content))
  for (let count = 0; count < 2; count++) {
    const found = await snapshot({ change: { width: 32 + count } }).then(
      ({ jpeg }) => jpeg.length,
      (error: Error) => error.message,
    )
    if (typeof found === 'string') expect(found).toMatch(/^(ffmpeg|no keyframe)/)
    else expect(found).toBeGreaterThan(100)
  }
  await besieged.over()
})

test('a viewer in a terminal of JPEG that are rubbish sees none, and leaves in the middle of one', async () => {
  const [file = Buffer.alloc(0)] = await ffmpegJpegs({})
  const scan = file.indexOf(Buffer.of(0xff, 0xda))
  const rubbish = Buffer.concat([file.subarray(0, scan), Buffer.from('ffda0002', 'hex'), Buffer.alloc(500, 0x55)])
  const picture = Buffer.concat([rubbish, Buffer.of(0xff, 0xd9)])
  await victim(folder.write('rubbish.mjpeg', Buffer.concat(Array.from({ length: 40 }, () => picture))))
  const sink = new CountingSink()
  const viewer = await besieged.engine.watch(
    'victim',
    asciiViewer({
      ...{ sink, protocol: 'http', remoteAddress: '', userAgent: '', opened: () => {} },
      style: { color: '', back: '', text: '' },
    }),
  )
  expect((await snapshot()).jpeg.length).toBeGreaterThan(400)
  viewer.close()
  expect(sink.messageCount).toBe(1)
  await besieged.over()
})

test('a thousand who ask and leave at once leave nothing behind', async () => {
  await victim(fixturePath('h264-b-frames.h264'))
  const asked = Array.from({ length: 1000 }, (_, nth) => {
    const leave = new AbortController()
    const picture = snapshot({ change: { width: 16 + (nth % 300) }, signal: leave.signal })
    leave.abort()
    return picture.then(
      () => 'made',
      (error: { code?: string }) => error.code,
    )
  })
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['closed']))
  await besieged.over()
})
