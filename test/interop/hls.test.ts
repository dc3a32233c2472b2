import { describe, expect, test } from 'vitest'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { GStreamerCamera, h264AndAac, h265Only } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer } from '#test/helpers/running-server.ts'

/** What ffmpeg says of each live stream of fragmented MP4: it reads the initialization anew with the playlist. */
const usual = (line: string): boolean => /duplicated MOOV|Last message repeated/.test(line)

describe('a camera by HTTP', () => {
  test.each([
    ['H.264 and AAC', h264AndAac, ['h264', 'aac']],
    ['H.265', h265Only, ['hevc']],
  ])('plays in ffmpeg as it is, without a word of times: %s', async (_name, launch, codecs) => {
    await using camera = await GStreamerCamera.start({ launch })
    await using server = await startTestServer({ yaml: `streams:\n  camera: "${camera.url}"\n` })
    for (const path of ['stream.ts?src=camera', 'stream.m3u8?src=camera', 'stream.m3u8?src=camera&mp4']) {
      const { output, complaints } = await runProgram('ffmpeg', [
        ...['-i', `${server.url}/api/${path}`, '-t', '4', '-c', 'copy', '-f', 'framecrc', '-'],
      ])
      expect([path, complaints.filter(line => !usual(line))]).toEqual([path, []])
      expect([...output.matchAll(/#codec_id \d: (\w+)/g)].map(([, name]) => name)).toEqual(codecs)
      const times = [...output.matchAll(/^0, +(-?\d+)/gm)].map(([, time]) => Number(time))
      expect(times.length).toBeGreaterThan(60)
      expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true)
    }
  })
})

test('G.711 is FLAC in fragmented MP4 for whoever asks for it, and the playlist says when it was', async () => {
  const law = 'exec:ffmpeg -v error -re -f lavfi -i sine=sample_rate=8000 -c:a pcm_alaw -f wav -'
  await using server = await startTestServer({ inline: [`{streams: {law: "${law}"}}`] })
  const { output, complaints } = await runProgram('ffmpeg', [
    ...['-i', `${server.url}/api/stream.m3u8?src=law&mp4=flac`, '-t', '2', '-f', 'framecrc', '-'],
  ])
  expect(complaints.filter(line => !usual(line))).toEqual([])
  expect(output).toContain('#sample_rate 0: 8000')
  const master = await (await server.request('/api/stream.m3u8?src=law&mp4=flac')).text()
  expect(master).toContain('CODECS="fLaC"')
  const playlist = await (await server.request(`/api/${master.split('\n').at(-1)}`)).text()
  const [, date = ''] = /#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(playlist) ?? []
  expect(Math.abs(Date.parse(date) - Date.now())).toBeLessThan(60_000)
})
