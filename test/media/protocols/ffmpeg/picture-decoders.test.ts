import { afterAll, afterEach, expect, test } from 'vitest'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { PictureDecoder } from '#media/protocols/ffmpeg/picture-decoder.ts'
import { PictureDecoders, type PictureJob } from '#media/protocols/ffmpeg/picture-decoders.ts'
import { pictureInput } from '#media/protocols/ffmpeg/picture-input.ts'
import { jpegPictures } from '#media/protocols/ffmpeg/picture-readers.ts'
import { snapshotCommand } from '#media/protocols/ffmpeg/snapshot-command.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { isRunning, realSpawner } from '#test/helpers/real-spawner.ts'
import { until } from '#test/helpers/until.ts'

const spawner = realSpawner()
const held: Disposable[] = []
afterEach(() => {
  for (const one of held.splice(0)) one[Symbol.dispose]()
})
afterAll(() => spawner[Symbol.asyncDispose]())

const decoders = (clock = systemClock): PictureDecoders => {
  const made = new PictureDecoders({ spawner, clock })
  held.push(made)
  return made
}

const jobOf = (film: string, more: Partial<PictureJob> = {}): PictureJob => {
  const track = fixtureTrack(film, 'video')
  const { codec, kind, head, picture } = pictureInput({ ...track, unit: unitsOf(track)[0]! })
  const command = snapshotCommand(codec, { width: 64, height: 48, rotate: 90 }, ffmpegTemplates(), 'software')
  return { owner: 'porch', command, kind, head, picture, reader: jpegPictures, ...more }
}
const slices = jobOf('h264-slices.mp4')
/** Takes what it is given, and keeps quiet. */
const silent = jobOf('h264-slices.mp4', { command: 'sleep 100', owner: 'silent' })

const sizeOf = async (jpeg: Buffer): Promise<string> => {
  const shown = ['-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', '-']
  return (await runProgram('ffprobe', shown, jpeg)).output.trim()
}
const programs = async (): Promise<readonly number[]> => (await spawner.list()).map(({ pid }) => pid)

test.each(['h264-slices.mp4', 'h264-b-frames-aac.mp4', 'h265.mp4'])(
  'one decoder makes picture after picture of %s, each at once',
  async film => {
    const all = decoders()
    const job = jobOf(film)
    const first = await all.decode(job)
    expect(await sizeOf(first)).toBe('mjpeg,48,64')
    const before = await programs()
    expect(await all.decode(job)).toEqual(first)
    expect(await all.decode(job)).toEqual(first)
    expect([await programs(), all.size, all.decodedCount]).toEqual([before, 1, 3])
  },
)

test('another kind replaces the decoder, another owner gets one of its own', async () => {
  const all = decoders()
  await all.decode(slices)
  const [first] = (await programs()).slice(-1)
  await all.decode({ ...slices, kind: 'other parameter sets' })
  expect(all.size).toBe(1)
  await until('the first decoder to end', () => !isRunning(first!))
  await all.decode({ ...slices, owner: 'yard' })
  expect(all.size).toBe(2)
  all.forget('yard')
  expect(all.size).toBe(1)
})

test('a decoder that has died is replaced', async () => {
  const all = decoders()
  const picture = await all.decode(slices)
  const [pid] = (await programs()).slice(-1)
  process.kill(pid!, 'SIGKILL')
  expect(await all.decode(slices)).toEqual(picture)
})

test('rubbish is refused with ffmpeg’s last words, and costs the next picture nothing', async () => {
  const all = decoders()
  const rubbish = Buffer.concat([Buffer.from('00000001', 'hex'), Buffer.alloc(5000, 0x65)])
  await expect(all.decode({ ...slices, picture: rubbish })).rejects.toMatchObject({
    code: 'program_failed',
    message: expect.stringMatching(/^ffmpeg .*(ended with code \d+)(: .+)?$/),
  })
  expect(await sizeOf(await all.decode(slices))).toBe('mjpeg,48,64')
})

test('what cannot be started is told', async () => {
  await expect(decoders().decode({ ...slices, command: 'no-such-ffmpeg -i -' })).rejects.toMatchObject({
    code: 'program_not_found',
  })
})

test('a decoder that says nothing is given up', async () => {
  const clock = new HeldClock()
  const all = decoders(clock)
  const failed = expect(all.decode(silent)).rejects.toMatchObject({ code: 'timed_out' })
  await until('the decoder to start', () => all.size === 1)
  const started = (await programs()).length
  await expect.poll(async () => (await programs()).length).toBeGreaterThanOrEqual(started)
  for (let second = 0; second < 11; second++) await clock.advance(1000)
  await until('the picture to be given up', () => all.size === 0).finally(() => clock.advance(20_000))
  await failed
})

test('an idle decoder goes after a while', async () => {
  const clock = new HeldClock()
  const all = decoders(clock)
  await all.decode(slices)
  await clock.advance(29_000)
  expect(all.size).toBe(1)
  await clock.advance(2000)
  expect(all.size).toBe(0)
})

test('there are sixteen at most: the one idle for longest makes room, and beyond that pictures wait', async () => {
  const all = decoders()
  await all.decode(slices)
  const busy = Array.from({ length: 16 }, (_, nth) => all.decode({ ...silent, owner: `${nth}` }).catch(() => 'ended'))
  await until('all places to be taken', () => all.size === 16)
  const waiting = all.decode(slices)
  all.forget('0')
  expect(await sizeOf(await waiting)).toBe('mjpeg,48,64')
  all[Symbol.dispose]()
  expect(await Promise.all(busy)).toEqual(Array.from(busy, () => 'ended'))
  await expect(all.decode(slices)).rejects.toMatchObject({ code: 'closed' })
})

test('a picture nobody asked for ends its decoder', async () => {
  const { command, head, reader, picture } = slices
  using decoder = await PictureDecoder.start({ spawner, clock: systemClock, command, head, reader })
  const two = decoder.decode(Buffer.concat([picture, picture]))
  await expect(decoder.decode(picture)).rejects.toMatchObject({ code: 'closed' })
  expect(await sizeOf(await two)).toBe('mjpeg,48,64')
  await decoder.closed
  expect(decoder.usable).toBe(false)
})
