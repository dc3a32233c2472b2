import { afterAll, describe, expect, test } from 'vitest'
import type { Producer } from '#media/core/producer.ts'
import { execScheme } from '#media/protocols/exec/exec-scheme.ts'
import { ExpectedPublications } from '#media/streams/expected-publications.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { isRunning, realSpawner } from '#test/helpers/real-spawner.ts'
import { takeUnits } from '#test/helpers/taken-units.ts'
import { until } from '#test/helpers/until.ts'

const spawner = realSpawner()
afterAll(() => spawner[Symbol.asyncDispose]())

const scheme = execScheme({
  ...{ spawner, publications: new ExpectedPublications(), allowPaths: undefined, rtspPort: () => undefined },
})
const dial = (source: string, signal?: AbortSignal): Promise<Producer> =>
  scheme.dial(parseSourceUrl(source), dialContext(signal === undefined ? {} : { signal }))

const pictures = '-re -f lavfi -i testsrc2=size=320x240:rate=25'
const x264 = '-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25'
const ffmpeg = (parameters: string): string => `exec:ffmpeg -hide_banner -v error ${parameters} -`

/** What ffmpeg writes, and what becomes of it. */
const rows = [
  { format: 'h264', parameters: `${pictures} ${x264} -f h264`, codecs: ['H264'] },
  {
    format: 'hevc',
    parameters: `${pictures} -c:v libx265 -preset ultrafast -x265-params log-level=none -f hevc`,
    codecs: ['H265'],
  },
  {
    format: 'mpegts',
    parameters: `${pictures} -f lavfi -i sine=r=48000 ${x264} -c:a aac -flush_packets 1 -f mpegts`,
    codecs: ['H264', 'MPEG4-GENERIC'],
  },
  {
    format: 'flv',
    parameters: `${pictures} -f lavfi -i sine=r=44100 ${x264} -c:a aac -f flv`,
    codecs: ['H264', 'MPEG4-GENERIC'],
  },
  { format: 'mjpeg', parameters: `${pictures} -c:v mjpeg -f mjpeg`, codecs: ['JPEG'] },
  { format: 'mpjpeg', parameters: `${pictures} -c:v mjpeg -f mpjpeg`, codecs: ['JPEG'] },
  { format: 'yuv4mpegpipe', parameters: `${pictures} -pix_fmt yuv420p -f yuv4mpegpipe`, codecs: ['RAW'] },
  { format: 'adts', parameters: '-re -f lavfi -i sine=r=16000 -c:a aac -f adts', codecs: ['MPEG4-GENERIC'] },
  { format: 'wav', parameters: '-re -f lavfi -i sine=r=8000 -c:a pcm_alaw -f wav', codecs: ['PCMA'] },
] as const

describe('a program that writes', () => {
  test.each(rows)('$format is a producer', async ({ format, parameters, codecs }) => {
    const producer = await dial(ffmpeg(parameters))
    expect(producer.info).toMatchObject({ formatName: format, protocol: 'pipe', source: ffmpeg(parameters) })
    expect(producer.medias.map(media => media.codecs[0]!.name)).toEqual(codecs)
    const units = await takeUnits(producer)
    await until('ten units of each', () => [...units.values()].every(list => list.length >= 10), 20_000)
    expect([...units.values()].every(list => list.some(({ keyframe }) => keyframe))).toBe(true)
    expect(producer.info.bytesReceived).toBeGreaterThan(1000)
    const pid = (await spawner.list())[0]!.pid
    producer.close()
    await until('ffmpeg to be gone', () => !isRunning(pid))
  })

  test('says where it reads from', async () => {
    const producer = await dial(
      `exec:sh -c "exec ffmpeg -v error ${pictures} -c:v mjpeg -f mjpeg -" x -i rtsp://u:p@cam:554/1`,
    )
    expect(producer.info).toMatchObject({ url: 'rtsp://u:p@cam:554/1', remoteAddress: 'cam:554' })
    producer.close()
  })

  test('is lost when it ends, with its last words', async () => {
    const shell = `${ffmpeg(`${pictures} -t 1 -c:v mjpeg -f mjpeg`).slice('exec:'.length)}; echo no more >&2; exit 9`
    const producer = await dial(`exec:sh -c "${shell}"`)
    const units = await takeUnits(producer)
    expect(await producer.closed).toEqual({ code: 'program_ended', message: 'sh ended with code 9: no more' })
    expect(units.get('JPEG')!.length).toBeGreaterThanOrEqual(24)
  })

  test('is lost when it closes its output, and ended', async () => {
    const shell = `${ffmpeg(`${pictures} -t 1 -c:v mjpeg -f mjpeg`).slice('exec:'.length)}; exec sleep 1000 >&-`
    const producer = await dial(`exec:sh -c "${shell}"`)
    const pid = (await spawner.list())[0]!.pid
    await takeUnits(producer)
    expect(await producer.closed).toEqual({ code: 'program_ended', message: 'sh has closed its output' })
    await until('the program to be gone', () => !isRunning(pid))
  })
})

describe('a program that writes nothing to play', () => {
  test.each([
    [
      'exec:sh -c "echo problem at rtsp://u:secret@h >&2; exit 1"',
      /^exec\/pipe: .*sh ended with code 1.*\nproblem at rtsp:\/\/u:\*\*\*@h\n$/s,
    ],
    ['exec:echo hello', /^exec\/pipe: .*68656c6c/],
    ['exec:ffmpeg -v error -i /no/such/file -f h264 -', /^exec\/pipe: .*\n.*No such file/s],
  ])('is told why: %s', async (source, message) => {
    await expect(dial(source)).rejects.toMatchObject({
      code: 'program_failed',
      message: expect.stringMatching(message),
    })
  })

  test('in its time is ended', async () => {
    await expect(dial('exec:sleep 1000#starttimeout=1')).rejects.toMatchObject({
      ...{ code: 'program_silent', message: 'exec: timeout' },
    })
  })

  test('before nobody wants it any more is ended', async () => {
    const giveUp = new AbortController()
    const dialed = dial('exec:sleep 1000', giveUp.signal)
    dialed.catch(() => {})
    const sleeping = async (): Promise<number> =>
      (await spawner.list()).find(({ program }) => program === 'sleep')?.pid ?? 0
    await expect.poll(sleeping, { timeout: 10_000 }).toBeGreaterThan(0)
    const pid = await sleeping()
    giveUp.abort()
    await expect(dialed).rejects.toMatchObject({ code: 'closed' })
    await until('the program to be gone', () => !isRunning(pid))
  })

  test('that may not run', async () => {
    const fenced = execScheme({
      ...{ spawner, publications: new ExpectedPublications(), allowPaths: ['cat'], rtspPort: () => undefined },
    })
    await expect(fenced.dial(parseSourceUrl('exec:echo x'), dialContext())).rejects.toMatchObject({
      ...{ code: 'program_not_allowed', message: 'exec: bin not in allow_paths: echo' },
    })
    expect(fenced.trustedOnly).toBe(true)
  })
})
