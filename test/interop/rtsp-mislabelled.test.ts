import { expect, test } from 'vitest'
import { createEngine, type EngineFact, mseViewer } from '#media'
import { GStreamerCamera, h264AndAac, h265Only } from '#test/helpers/gstreamer-camera.ts'
import { RecordingSink } from '#test/helpers/recording-sink.ts'
import { RewritingProxy } from '#test/helpers/rewriting-proxy.ts'
import { until } from '#test/helpers/until.ts'

/** Says one codec where the camera says another, of the same length so that nothing else changes. */
const calling =
  (real: string, announced: string) =>
  (chunk: Buffer): Buffer => {
    const text = chunk.toString('latin1')
    return text.includes(`${real}/90000`)
      ? Buffer.from(text.replace(`${real}/90000`, `${announced}/90000`), 'latin1')
      : chunk
  }

test.each([
  ['H265', 'H264', h265Only, /hvc1/],
  ['H264', 'H265', h264AndAac, /avc1/],
])('a camera that sends %s and says %s is watched for what it is', async (real, announced, launch, mime) => {
  await using camera = await GStreamerCamera.start({ launch })
  await using proxy = await RewritingProxy.before(camera.port, calling(real, announced))
  await using engine = createEngine({ rtsp: { listen: '' } })
  const facts: EngineFact[] = []
  engine.onFact(fact => facts.push(fact))
  engine.setStream({
    id: '1',
    name: 'camera',
    sources: [engine.checkSource(`${camera.url.replace(`:${camera.port}`, `:${proxy.port}`)}#backchannel=0`)],
  })
  const watch = async (): Promise<RecordingSink> => {
    const sink = new RecordingSink()
    const codecs = 'avc1.640029,hvc1.1.6.L153.B0'
    await engine.watch('camera', mseViewer({ codecs, remoteAddress: '', userAgent: '', sink }))
    return sink
  }
  await watch()
  const notes = () => facts.flatMap(fact => (fact.type === 'SourceNoted' ? [fact.note] : []))
  await until('the note', () => notes().length > 0)
  expect(notes()).toEqual([
    {
      code: 'codec_mislabelled',
      message: `the camera announces ${announced} and sends ${real}: it is taken for that now`,
      details: { announced, seen: real },
    },
  ])
  // Who asked for what the camera says is told to ask again: a player that is open can hardly change its decoder.
  const left = () => facts.find(fact => fact.type === 'ConsumerLeft')
  await until('the end of the first viewer', () => left() !== undefined)
  expect(left()).toMatchObject({ cause: { code: 'source_changed' } })
  const sink = await watch()
  await until('pictures', () => sink.messages.length > 10)
  expect(sink.told[0]).toMatch(mime)
  expect(notes()).toHaveLength(1)
})
