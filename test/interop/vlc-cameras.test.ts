import { expect, test } from 'vitest'
import { createEngine } from '#media'
import type { EngineFact } from '#media/engine-facts.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { connectedTo } from '#test/helpers/free-port.ts'
import { VlcCamera } from '#test/helpers/vlc-camera.ts'

test.each([
  ['H264 and AAC', ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-c:a', 'aac'], ['h264', 'aac']],
  [
    'H265 and Opus',
    ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-c:a', 'libopus'],
    ['hevc', 'opus'],
  ],
])('VLC as a camera of %s is watched, by datagrams', async (_name, codecs, names) => {
  await using camera = await VlcCamera.start(codecs)
  await using engine = createEngine({ rtsp: { listen: '127.0.0.1:0' } })
  const facts: EngineFact[] = []
  engine.onFact(fact => facts.push(fact))
  engine.setStream({ id: '1', name: 'vlc', sources: [parseSourceUrl(camera.url)] })
  const url = `rtsp://${(await engine.listen())[0]!.address}/vlc`
  const tracks = await connectedTo('VLC', () => ffprobe(url, ['-rtsp_transport', 'tcp']))
  expect(tracks.map(({ codec_name }) => codec_name)).toEqual(names)
  const played = ['-rtsp_transport', 'tcp', '-i', url, '-map', '0:v', '-fps_mode', 'passthrough', '-frames:v', '50']
  const { output } = await runProgram('ffmpeg', [...played, '-f', 'framemd5', '-'])
  expect(output.match(/^0,.*/gm)).toHaveLength(50)
  const notes = facts.flatMap(fact => (fact.type === 'SourceNoted' ? [fact.note.code] : []))
  expect(notes).toContain('transport_fallback')
})
