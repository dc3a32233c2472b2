import { expect, test } from 'vitest'
import { yuv4MpegViewer } from '#media/protocols/yuv4mpeg/yuv4mpeg-viewer.ts'
import { ticks } from '#media/runtime/units.ts'
import { feed } from '#test/helpers/muxing.ts'

test('a viewer gets the header once, then each picture', () => {
  const formatParameters = 'sampling=YCbCr-4:2:0;width=2;height=2'
  const { viewer, sink, openedCount } = feed(yuv4MpegViewer, [
    {
      codec: { kind: 'video', name: 'RAW', clockRate: 90_000, channels: 0, formatParameters },
      configuration: [],
      framing: 'frame',
      samples: ['aaaaUV', 'bbbbUV'].map((picture, index) => ({
        ...{ keyframe: true, decodingTime: ticks(index * 3600), compositionOffset: 0, duration: ticks(3600) },
        parts: [Buffer.from(picture)],
      })),
    },
  ])
  expect(sink.bytes.toString()).toBe('YUV4MPEG2 W2 H2 F25:1 Ip A1:1 C420jpeg\nFRAME\naaaaUVFRAME\nbbbbUV')
  expect([openedCount(), viewer.info.formatName]).toEqual([1, 'yuv4mpegpipe'])
})
