import { chmodSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { HardwareProbe, hardwareCandidates, probeParameters } from '#media/protocols/ffmpeg/hardware-probe.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const spawner = realSpawner()
const folder = new TemporaryFolder()
afterAll(async () => {
  await spawner[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const probe = (bin: string, platform: NodeJS.Platform = 'linux', arch = 'x64') =>
  new HardwareProbe({ spawner, clock: systemClock, bin, platform, arch })

const signal = new AbortController().signal

describe('what is tried', () => {
  test.each([
    ['linux', 'x64', ['cuda h264', 'vaapi h264', 'vaapi mjpeg']],
    ['linux', 'arm64', ['v4l2m2m h264', 'rkmpp h264', 'rkmpp mjpeg']],
    ['darwin', 'arm64', ['videotoolbox h264']],
    ['win32', 'x64', ['cuda h264', 'dxva2 h264', 'dxva2 mjpeg']],
  ] as const)('on %s %s by itself', (platform, arch, expected) => {
    const automatic = hardwareCandidates(platform, arch).filter(one => one.automatic)
    expect(automatic.map(({ engine, codec }) => `${engine} ${codec}`)).toEqual(expected)
  })

  test.each([
    [
      'vaapi',
      'h264',
      '-init_hw_device vaapi -f lavfi -i testsrc2 -t 1 -vf format=nv12,hwupload -c:v h264_vaapi -f null -',
    ],
    ['cuda', 'h265', '-init_hw_device cuda -f lavfi -i testsrc2 -t 1 -c:v hevc_nvenc -f null -'],
    ['v4l2m2m', 'h264', '-f lavfi -i testsrc2 -t 1 -c:v h264_v4l2m2m -f null -'],
    ['rkmpp', 'mjpeg', '-f lavfi -i testsrc2 -t 1 -c:v mjpeg_rkmpp -f null -'],
  ] as const)('is a second of pictures: %s %s', (engine, codec, line) => {
    expect(probeParameters({ engine, codec }).join(' ')).toBe(`-hide_banner -v error ${line}`)
  })
})

describe('this machine', () => {
  test('has what its ffmpeg can really encode with, and else the processor', { timeout: 120_000 }, async () => {
    const real = probe('ffmpeg')
    const listed = await real.list(signal)
    expect(listed).toHaveLength(5)
    const works = listed.filter(({ name }) => name === 'OK').map(({ url }) => url)
    const first = ['cuda', 'vaapi'].find(engine => works.includes(`ffmpeg:...#video=h264#hardware=${engine}`))
    expect(await real.detect('h264')).toBe(first ?? 'software')
    expect(await real.detect('h265')).toBe('software')
  })
})

describe('a machine whose ffmpeg says yes', () => {
  test('is asked once a codec, and the first engine that works is taken', async () => {
    const asked = folder.at('asked')
    const bin = folder.write(
      'ffmpeg',
      `#!/bin/sh\necho "$@" >> ${asked}\ncase "$*" in *vaapi*) exit 0;; esac\nexit 1\n`,
    )
    chmodSync(bin, 0o700)
    const pretending = probe(bin)
    expect(await Promise.all([pretending.detect('h264'), pretending.detect('h264')])).toEqual(['vaapi', 'vaapi'])
    expect(folder.read('asked').trim().split('\n')).toHaveLength(2)
    const engineOf = await pretending.detectAll(['h264', 'h265', 'mjpeg', 'h264'])
    expect([engineOf('h264'), engineOf('h265'), engineOf('mjpeg')]).toEqual(['vaapi', 'software', 'vaapi'])
    expect(folder.read('asked').trim().split('\n')).toHaveLength(3)
    expect((await pretending.list(signal)).map(({ name }) => name)).toEqual(['ERROR', 'ERROR', 'OK', 'OK', 'OK'])
  })

  test('that has no ffmpeg has no hardware', async () => {
    expect(await probe('no-such-ffmpeg').detect('h264')).toBe('software')
  })
})
