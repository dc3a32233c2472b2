import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { MjpegDemuxer } from '#media/formats/mjpeg/demuxer.ts'
import { MultipartDemuxer } from '#media/formats/mjpeg/multipart-demuxer.ts'
import { LimitError } from '#media/runtime/errors.ts'
import { contents, demux, expectRobust, times } from '#test/helpers/demuxing.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const naked: DemuxerFactory = into => new MjpegDemuxer(into)
const multipart: DemuxerFactory = into => new MultipartDemuxer(into)
const film = readFileSync(fixturePath('jpeg.mjpeg'))
const parts = readFileSync(fixturePath('jpeg.mpjpeg'))
const jpeg = { kind: 'video', name: 'JPEG', clockRate: 90_000, channels: 0, formatParameters: '' }

/** SOI, a table, SOS, data, EOI. */
const image = (data: string, end = 'ffd9'): Buffer => Buffer.from(`ffd8ffdb0003aaffda0003bb${data}${end}`, 'hex')

describe('the demuxer of JPEG images', () => {
  test('finds all images, in pieces of any size', async () => {
    for (const pieceBytes of [1, 100, film.length]) {
      const demuxed = demux(naked, film, pieceBytes)
      expect([demuxed.formatName, demuxed.codecs, demuxed.units.length]).toEqual(['mjpeg', [jpeg], 5])
      expect(Buffer.concat(demuxed.units.map(unit => unit.parts[0]!))).toEqual(film)
      expect(new Set(times(demuxed))).toEqual(new Set([undefined]))
    }
    const { hashes } = await decodedHashes('video', fixturePath('jpeg.mjpeg'))
    const [first] = demux(naked, film).units
    const { hashes: ours } = await decodedHashes('video', first!.parts[0]!)
    expect(ours).toEqual(hashes.slice(0, 1))
  })

  test('adds the end where it is missing', () => {
    const bytes = Buffer.concat([image('01', ''), image('02'), image('03', '')])
    expect(contents(demux(naked, bytes, 3))).toEqual(
      [image('01'), image('02'), image('03')].map(one => one.toString('hex')),
    )
  })
})

const part = (head: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n')])

describe('the demuxer of multipart JPEG', () => {
  test('finds all images, in pieces of any size', () => {
    for (const pieceBytes of [1, 100, parts.length]) {
      const demuxed = demux(multipart, parts, pieceBytes)
      expect([demuxed.formatName, demuxed.codecs]).toEqual(['mpjpeg', [jpeg]])
      expect(Buffer.concat(demuxed.units.map(unit => unit.parts[0]!))).toEqual(film)
    }
  })

  test.each([
    { name: 'sizes', head: '--b\r\nContent-Type: image/jpeg\r\nContent-Length: 15\r\n\r\n' },
    { name: 'sizes in other letters', head: '\r\n--b\ncontent-length:15\n\n' },
    { name: 'no sizes', head: '--b\r\nContent-Type: image/jpeg\r\n\r\n' },
    { name: 'boundaries that look like the last (Foscam)', head: '----ipcam--\r\nContent-Type: image/jpeg\r\n\r\n' },
    { name: 'no headers', head: '--b\r\n' },
    { name: 'words in between', head: 'hello\r\n\r\n--b\r\nX: y\r\n\r\n' },
  ])('reads parts with $name', ({ head }) => {
    const bytes = Buffer.concat(['01', '02', '03'].map(data => part(head, image(data))))
    const expected = ['01', '02', '03'].map(data => image(data).toString('hex'))
    for (const pieceBytes of [1, 7, bytes.length])
      expect(contents(demux(multipart, bytes, pieceBytes))).toEqual(expected)
  })

  test('keeps to the size where an image has no end', () => {
    const [one, two] = [image('01', ''), image('02', '')]
    const head = `--b\r\nContent-Length: ${one.length}\r\n\r\n`
    expect(contents(demux(multipart, Buffer.concat([part(head, one), part(head, two)])))).toEqual(
      [one, two].map(i => i.toString('hex')),
    )
  })

  test('goes on where an image without size and end is followed by the next', () => {
    const head = '--b\r\n\r\n'
    const bytes = Buffer.concat([part(head, image('01', '')), part(head, image('02')), part(head, image('03'))])
    expect(demux(multipart, bytes, 9).units).toHaveLength(3)
  })

  test('passes over parts that are no image', () => {
    const bytes = Buffer.concat([
      part('--b\r\nContent-Length: 4\r\n\r\n', Buffer.from('text')),
      part('--b\r\n\r\n', image('01')),
    ])
    expect(demux(multipart, bytes).units).toHaveLength(1)
  })

  test.each([
    { name: 'a part above 5 MiB', bytes: Buffer.from('--b\r\nContent-Length: 5242881\r\n\r\n') },
    { name: 'a line without an end', bytes: Buffer.from(`--${'b'.repeat(5000)}`) },
    { name: 'headers without an end', bytes: Buffer.from(`--b\r\n${'a: b\r\n'.repeat(300)}`) },
  ])('is refused with $name', ({ bytes }) => {
    expect(() => demux(multipart, bytes, 100)).toThrow(LimitError)
  })

  test('any bytes are read or refused', () => {
    expectRobust(multipart, parts)
    expectRobust(naked, film)
  })
})
