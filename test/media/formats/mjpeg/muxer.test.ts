import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MultipartDemuxer } from '#media/formats/mjpeg/multipart-demuxer.ts'
import { JpegMuxer } from '#media/formats/mjpeg/muxer.ts'
import { frameUnit } from '#test/helpers/access-units.ts'

const codec = { kind: 'video', name: 'JPEG', clockRate: 90_000, channels: 0, formatParameters: '' } as const
const track = { id: 1, codec, configuration: [] }
const placed = { decodeTime: 0, duration: 1, compositionOffset: 0 }

test('multipart is read as what was written, whatever is in the pictures', () => {
  const picture = fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from([0xff, 0xd8, ...bytes, 0xff, 0xd9]))
  fc.assert(
    fc.property(fc.array(picture, { minLength: 1, maxLength: 5 }), pictures => {
      const written: Buffer[] = []
      const muxer = new JpegMuxer('multipart', () => {})
      muxer.open()
      const write = (head: Buffer, body?: Buffer): void => void written.push(head, body ?? Buffer.alloc(0))
      for (const one of pictures) muxer.unit(track, frameUnit(one), placed, write)
      const read: Buffer[] = []
      const demuxer = new MultipartDemuxer({ tracks: () => {}, unit: ({ parts }) => read.push(...parts) })
      demuxer.push(Buffer.concat(written))
      demuxer.end()
      expect(read.map(one => one.toString('hex'))).toEqual(pictures.map(one => one.toString('hex')))
    }),
  )
})

test('begins once, takes JPEG, and ends each part at once', () => {
  const [written, told] = [[] as string[], [] as number[]]
  const muxer = new JpegMuxer('multipart', () => told.push(1))
  muxer.open()
  muxer.open()
  muxer.unit(track, frameUnit(Buffer.from('x')), placed, (head, body) => written.push(`${head}${body ?? ''}`))
  expect(written).toEqual(['--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 1\r\n\r\nx', '\r\n'])
  expect([told, muxer.takes(codec), muxer.takes({ ...codec, name: 'RAW' })]).toEqual([[1], true, false])
})
