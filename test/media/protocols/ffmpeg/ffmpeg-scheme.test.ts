import { afterAll, describe, expect, test } from 'vitest'
import type { Producer } from '#media/core/producer.ts'
import { execScheme } from '#media/protocols/exec/exec-scheme.ts'
import { ffmpegScheme } from '#media/protocols/ffmpeg/ffmpeg-scheme.ts'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { HardwareProbe } from '#media/protocols/ffmpeg/hardware-probe.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { ExpectedPublications } from '#media/streams/expected-publications.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'
import { takeUnits } from '#test/helpers/taken-units.ts'
import { until } from '#test/helpers/until.ts'

const spawner = realSpawner()
afterAll(() => spawner[Symbol.asyncDispose]())

interface Changed {
  readonly templates?: Readonly<Record<string, string>>
  readonly allowPaths?: readonly string[]
}

const schemeWith = ({ templates = {}, allowPaths }: Changed = {}) => {
  const parts = { spawner, rtspPort: () => 8554 }
  return ffmpegScheme({
    ...parts,
    exec: execScheme({ ...parts, publications: new ExpectedPublications(), allowPaths }),
    templates: ffmpegTemplates(templates),
    hardware: new HardwareProbe({ spawner, clock: systemClock, bin: 'ffmpeg', platform: 'linux', arch: 'x64' }),
    hasStream: () => false,
  })
}

const dial = (source: string, changed?: Changed): Promise<Producer> =>
  schemeWith(changed).dial(parseSourceUrl(source), dialContext())

/** What would be published goes through the pipe: this is about ffmpeg understanding what it is told. */
const piped = {
  templates: {
    output: '-f mpegts -flush_packets 1 -',
    // ffmpeg 5 does not put go2rtc's `rawvideo` into YUV4MPEG2; later ones do.
    'raw/yuv420p': '-c:v wrapped_avframe -pix_fmt:v yuv420p',
  },
}
const film = fixturePath('h264-b-frames-aac.mp4')
const picture = 'ffmpeg:virtual?video&size=320x240'

describe('ffmpeg understands', () => {
  test.each([
    [`${picture}#video=mjpeg`, ['JPEG']],
    [`${picture}#video=raw/yuv420p#width=160`, ['RAW']],
    [`${picture}#video=h264#hardware`, ['H264']],
    [`${picture}#video=h264#width=160#rotate=90#bitrate=200K`, ['H264']],
    [`${picture}#video=h264#rotate=180#drawtext=fontsize=12:fontcolor=white`, ['H264']],
    [`${picture}#video=h265#async`, ['H265']],
    [`ffmpeg:${film}`, ['H264', 'MPEG4-GENERIC']],
    [`ffmpeg:${film}#video=copy#audio=aac/16000`, ['H264', 'MPEG4-GENERIC']],
    [`ffmpeg:${film}#audio=opus/16000`, ['OPUS']],
    [`ffmpeg:${film}#audio=opus#video=h264#height=90`, ['H264', 'OPUS']],
    [`ffmpeg:${film}#audio=aac`, ['MPEG4-GENERIC']],
    [`ffmpeg:${film}#audio=pcma`, ['PCMA']],
    [`ffmpeg:${film}#audio=pcmu/16000`, ['PCMU']],
    [`ffmpeg:${film}#audio=pcml/44100`, ['PCML']],
    [`ffmpeg:${film}#video=h264#video=h264#audio=aac#raw=-t 1`, ['H264', 'H264', 'MPEG4-GENERIC']],
    ['ffmpeg:tts?text=it+is+10:30,+sir&voice=slt#audio=pcmu', ['PCMU']],
    [`ffmpeg:${film}#input=-ss 1 -re -i {input}#audio=pcma#timeout=3`, ['PCMA']],
  ])('%s', async (source, codecs) => {
    const producer = await dial(source, piped)
    expect(producer.medias.map(media => media.codecs[0]!.name).sort()).toEqual([...codecs].sort())
    expect(producer.info.source).toMatch(/^exec:ffmpeg -hide_banner -v error /)
    const units = await takeUnits(producer)
    await until('something of everything', () => [...units.values()].every(list => list.length > 0), 20_000)
    producer.close()
  })
})

describe('a source', () => {
  test('that ffmpeg cannot read is told in its words', async () => {
    await expect(dial('ffmpeg:/no/such/film.mp4#video=mjpeg')).rejects.toMatchObject({
      ...{ code: 'program_failed', message: expect.stringMatching(/^exec\/pipe: .*No such file or directory/s) },
    })
  })

  test('needs an ffmpeg that may run', async () => {
    await expect(dial(`${picture}#video=mjpeg`, { templates: { bin: 'no-such-ffmpeg' } })).rejects.toMatchObject({
      ...{ code: 'program_not_found', message: expect.stringContaining('install it') },
    })
    await expect(dial(`${picture}#video=mjpeg`, { allowPaths: ['/usr/bin/ffmpeg'] })).rejects.toMatchObject({
      message: 'exec: bin not in allow_paths: ffmpeg',
    })
  })

  test.each([
    ['ffmpeg:', 'there is nothing to read'],
    ['ffmpeg:x#audio=auto#audio=opus', 'ffmpeg: unsupported params: #audio=auto#audio=opus'],
    ['ffmpeg:x#video=copy#audio=auto', 'ffmpeg: unsupported params: #video=copy#audio=auto'],
  ])('is refused: %s', async (source, message) => {
    expect(() => schemeWith().check(parseSourceUrl(source), 'configuration')).toThrow(SourceNotSupportedError)
    expect(() => schemeWith().check(parseSourceUrl(source), 'configuration')).toThrow(message)
  })

  test('may be said by anybody, in part', () => {
    const scheme = schemeWith()
    expect(scheme.trustedOnly).toBe(false)
    const check = (source: string, origin: 'request' | 'configuration', within?: string) => () =>
      scheme.check(parseSourceUrl(source), origin, within)
    expect(check('ffmpeg:porch#video=copy', 'request', 'porch')).not.toThrow()
    expect(check('ffmpeg:porch#video=copy', 'request')).toThrow(SourceNotSupportedError)
    expect(check('ffmpeg:/a.mp4#raw=-ss 1', 'configuration')).not.toThrow()
    expect(check('ffmpeg:rtsp://h/x#raw=-ss', 'request')).toThrow('#raw=-ss')
  })
})

describe('#audio=auto', () => {
  test('plays in the codec that is taken', async () => {
    const producer = await dial(`ffmpeg:${film}#audio=auto#input=file`)
    expect(await spawner.list()).toEqual([])
    const media = producer.medias.find(({ codecs: [codec] }) => codec?.name === 'PCMA' && codec.clockRate === 8000)!
    const track = producer.track(media)!
    let bytes = 0
    if (track.form === 'units')
      track.attach({
        id: 1,
        push: unit => {
          bytes += unit.sizeBytes
        },
      })
    await producer.start()
    const [ffmpeg] = await spawner.list()
    expect(ffmpeg!.parameters.join(' ')).toContain(`-re -i ${film} -c:a pcm_alaw -ar:a 8000 -ac:a 1 -vn -f wav -`)
    await until('sound', () => bytes > 3000)
    producer.close()
    await expect(dial('ffmpeg:x#audio=auto#video=copy')).rejects.toMatchObject({ code: 'malformed_source' })
  })

  test('that is let go before its program runs leaves none', async () => {
    const producer = await dial(`ffmpeg:${film}#audio=auto`)
    producer.track(producer.medias.at(-2)!)
    const started = producer.start()
    producer.close()
    await expect(started).rejects.toMatchObject({ code: 'closed' })
    await expect.poll(async () => (await spawner.list()).length, { timeout: 10_000 }).toBe(0)
  })
})
