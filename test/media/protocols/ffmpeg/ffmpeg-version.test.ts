import { chmodSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  burstsAtStart,
  FfmpegVersions,
  isSupported,
  parseFfmpegVersion,
} from '#media/protocols/ffmpeg/ffmpeg-version.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const spawner = realSpawner()
const folder = new TemporaryFolder()
afterAll(async () => {
  await spawner[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const said = (version: string, library: string): string =>
  `ffmpeg version ${version} Copyright (c) 2000-2026 the FFmpeg developers\nbuilt with gcc\nlibavutil      57. 28.100 / 57. 28.100\n` +
  `libavcodec     59. 37.100 / 59. 37.100\nlibavformat    ${library} / ${library}\n`

describe('what ffmpeg says of its version', () => {
  test.each([
    ['4.4.2-0ubuntu0.22.04.1', '58. 76.100', false, false],
    ['5.0', '59. 16.100', true, false],
    ['5.1.9-0+deb12u1', '59. 27.100', true, false],
    ['6.0', '60.  3.100', true, false],
    ['6.1.1', '60. 16.100', true, true],
    ['N-109968-gc89f6ae', '61.  1.100', true, true],
  ])('is understood: %s', (name, library, supported, bursts) => {
    const version = parseFfmpegVersion(said(name, library))!
    expect(version.name).toBe(name)
    expect([isSupported(version), burstsAtStart(version)]).toEqual([supported, bursts])
  })

  test('of any text is a version or none', () => {
    const whole = said('5.1', '59. 27.100')
    const text = fc.oneof(
      fc.string(),
      fc.nat(whole.length).map(length => whole.slice(0, length)),
    )
    fc.assert(
      fc.property(text, cut => {
        const version = parseFfmpegVersion(cut)
        if (version !== undefined) expect(version.libavformat).toEqual({ major: 59, minor: 27 })
      }),
    )
  })
})

describe('an ffmpeg', () => {
  const versions = new FfmpegVersions(spawner)
  const get = (bin: string) => versions.get(bin, { clock: systemClock, signal: new AbortController().signal })

  const pretend = (name: string, text: string): string => {
    const count = folder.at(`${name}-count`)
    folder.write(name, `#!/bin/sh\necho asked >> ${count}\ncat <<END\n${text}\nEND\n`)
    return folder.at(name)
  }

  test('that is installed is asked once', async () => {
    const version = await get('ffmpeg')
    expect(isSupported(version)).toBe(true)
    expect(await get('ffmpeg')).toBe(version)
    expect(await get('nice -n 1 "ffmpeg"')).toEqual(version)
  })

  test('that is not there is told, and asked for again', async () => {
    await expect(get('no-such-ffmpeg')).rejects.toMatchObject({ code: 'program_not_found' })
    await expect(get('no-such-ffmpeg')).rejects.toMatchObject({ code: 'program_not_found' })
  })

  test('that is too old is told each time, and asked once', async () => {
    const bin = pretend('old', said('4.4.2', '58. 76.100'))
    chmodSync(bin, 0o700)
    for (const _time of [1, 2])
      await expect(get(bin)).rejects.toMatchObject({ message: 'ffmpeg: unsupported version: 4.4.2' })
    expect(folder.read('old-count')).toBe('asked\n')
  })

  test('that is none is told', async () => {
    await expect(get('true')).rejects.toMatchObject({ message: expect.stringContaining('true is no ffmpeg') })
  })
})
