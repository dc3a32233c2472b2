import { describe, expect, test } from 'vitest'
import { masterPlaylist, mediaPlaylist, targetSeconds } from '#media/protocols/hls/playlist.ts'
import { SegmentStore } from '#media/protocols/hls/segment-store.ts'
import { millis } from '#media/runtime/units.ts'

const part = (seconds: number, independent: boolean) => ({
  ...{ bytes: Buffer.alloc(8), seconds, independent },
  unitCount: seconds * 25,
})

/** When the n-th segment began. */
const date = (index: number): string =>
  `#EXT-X-PROGRAM-DATE-TIME:${new Date(1_700_000_000_000 + index * 1500).toISOString()}`

const makeStore = (): SegmentStore => new SegmentStore({ bytesMax: 1e9, bytesUsed: 0 })

/** Segments of 1.5 s in three parts; of the last only the first. */
const grown = (count: number): SegmentStore => {
  const store = makeStore()
  for (let index = 0; index < count; index++) {
    const changes = index === 0 || index === 2
    store.begin({
      map: changes ? Buffer.from('map') : undefined,
      discontinuity: index === 2,
      beganAt: millis(1_700_000_000_000 + index * 1500),
    })
    store.add(part(0.5, true))
    if (index === count - 1) continue
    store.add(part(0.5, false))
    store.add(part(0.5, false))
  }
  return store
}

describe('playlists', () => {
  test('of MPEG-TS name what is complete, with real durations', () => {
    expect(mediaPlaylist('abc', 'mpegts', grown(4)).split('\n')).toEqual([
      ...['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', '#EXT-X-MEDIA-SEQUENCE:0'],
      ...[date(0), '#EXTINF:1.500,', 'segment.ts?id=abc&n=0', date(1), '#EXTINF:1.500,', 'segment.ts?id=abc&n=1'],
      ...['#EXT-X-DISCONTINUITY', date(2), '#EXTINF:1.500,', 'segment.ts?id=abc&n=2', ''],
    ])
  })

  test('of fragmented MP4 name maps, parts and what comes next', () => {
    const text = mediaPlaylist('abc', 'fmp4', grown(3))
    expect(text.split('\n')).toEqual([
      ...['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-TARGETDURATION:2'],
      ...['#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.500', '#EXT-X-PART-INF:PART-TARGET=0.500'],
      ...['#EXT-X-MEDIA-SEQUENCE:0', '#EXT-X-MAP:URI="init.mp4?id=abc"'],
      ...[0, 1].flatMap(number => [
        date(number),
        `#EXT-X-PART:DURATION=0.50000,URI="segment.m4s?id=abc&n=${number}&part=0",INDEPENDENT=YES`,
        `#EXT-X-PART:DURATION=0.50000,URI="segment.m4s?id=abc&n=${number}&part=1"`,
        `#EXT-X-PART:DURATION=0.50000,URI="segment.m4s?id=abc&n=${number}&part=2"`,
        ...['#EXTINF:1.500,', `segment.m4s?id=abc&n=${number}`],
      ]),
      ...['#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init.mp4?id=abc&n=1"', date(2)],
      '#EXT-X-PART:DURATION=0.50000,URI="segment.m4s?id=abc&n=2&part=0",INDEPENDENT=YES',
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="segment.m4s?id=abc&n=2&part=1"',
      '',
    ])
  })

  test('name no parts before there are two segments: hls.js would fetch them again and again', () => {
    const text = mediaPlaylist('abc', 'fmp4', grown(2))
    expect(text).toContain(`#EXT-X-MAP:URI="init.mp4?id=abc"\n${date(0)}\n#EXTINF:1.500,\nsegment.m4s?id=abc&n=0\n`)
    expect(text).not.toMatch(/PART|PRELOAD|SERVER-CONTROL/)
  })

  test('count the discontinuities that are not in them any more, and name parts of the newest segments only', () => {
    const text = mediaPlaylist('abc', 'fmp4', grown(12))
    expect(text).toContain(
      '#EXT-X-MEDIA-SEQUENCE:5\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXT-X-MAP:URI="init.mp4?id=abc&n=1"\n',
    )
    expect(text).not.toContain('#EXT-X-DISCONTINUITY\n')
    expect([...text.matchAll(/n=(\d+)&part=0"/g)].map(([, number]) => number)).toEqual(['8', '9', '10', '11'])
  })

  test('never say that segments are shorter than they are', () => {
    const store = makeStore()
    expect(targetSeconds(store)).toBe(1)
    for (const seconds of [2, 2.0001, 0.4]) {
      store.begin({ map: undefined, discontinuity: false, beganAt: millis(0) })
      store.add(part(seconds, true))
    }
    store.begin({ map: undefined, discontinuity: false, beganAt: millis(0) })
    expect(targetSeconds(store)).toBe(3)
    expect(mediaPlaylist('abc', 'fmp4', store)).toContain('PART-TARGET=2.000')
  })

  test('tell a player of a range, and of the discontinuities before it', () => {
    const text = mediaPlaylist('abc', 'mpegts', grown(6), { first: 3, last: 3 })
    expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:3\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n')
    expect([...text.matchAll(/&n=(\d+)/g)].map(([, number]) => number)).toEqual(['3'])
  })

  test('that name a session say what is known', () => {
    const description = { codecs: ['avc1.640029', 'mp4a.40.2'], kind: 'video', width: 1920, height: 1080 } as const
    const totals = { seconds: 2, sizeBytes: 250_000, unitCount: 50 }
    expect(masterPlaylist('abc', description, { peakBytesPerSecond: 250_000.2, totals })).toBe(
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000002,CODECS="avc1.640029,mp4a.40.2",RESOLUTION=1920x1080,' +
        'AVERAGE-BANDWIDTH=1000000,FRAME-RATE=25.000\nhls/playlist.m3u8?id=abc',
    )
    expect(masterPlaylist('abc', { codecs: [''] }, makeStore())).toBe(
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=192000\nhls/playlist.m3u8?id=abc',
    )
  })
})
