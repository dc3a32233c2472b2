import { describe, expect, test } from 'vitest'
import type { ConnectionSnapshot, StreamSnapshot } from '#media'
import type { StreamRecord } from '#server/commands/control-plane.ts'
import { goJson } from '#server/rest/go2rtc-json.ts'
import { oneStreamJson, streamJson } from '#server/rest/stream-json.ts'

const record = (...sources: string[]): StreamRecord => ({
  ...{ id: 's', name: 'porch', sources, shownSources: sources, position: 1, updatedAt: 0 },
})
const connection = (more: Partial<ConnectionSnapshot>): ConnectionSnapshot => ({
  ...{ id: 0, formatName: '', protocol: '', remoteAddress: '', userAgent: '', source: '', url: '', sdp: '' },
  ...{ medias: [], bytesReceived: 0, bytesSent: 0, ...more },
})
const snapshot = (more: Partial<StreamSnapshot>): StreamSnapshot => ({
  ...{ id: 's', name: 'porch', state: 'live', sources: [], consumers: [], everWatched: true, ...more },
})

describe('a stream in go2rtc’s JSON', () => {
  test('without sources has null, or an empty list where its readers need one', () => {
    expect(goJson(streamJson(record(), undefined))).toBe('{"producers":null,"consumers":null}\n')
    expect(goJson(oneStreamJson(record(), undefined))).toBe('{"producers":[],"consumers":null}\n')
  })

  test('has every configured source, also those the engine does not know', () => {
    const json = streamJson(record('rtsp://a', 'ffmpeg:b'), snapshot({ sources: [] }))
    expect(goJson(json)).toBe('{"producers":[{"url":"rtsp://a"},{"url":"ffmpeg:b"}],"consumers":[]}\n')
  })

  test('has go2rtc’s fields in go2rtc’s order, and none that are empty', () => {
    const live = snapshot({
      sources: [
        {
          ...{ url: 'rtsp://u:p@a', published: false, state: 'live', tracks: [], senders: [] },
          connection: connection({
            ...{ id: 2, formatName: 'rtsp', protocol: 'rtsp+tcp', remoteAddress: '10.0.0.9:554', userAgent: 'go2rtc' },
            ...{ sdp: 'v=0\r\n', medias: ['video, recvonly, H264'], bytesReceived: 99 },
          }),
          receivers: [{ id: 3, codec: { profile: 'High', codec_name: 'h264' }, childs: [5], bytes: 90, packets: 0 }],
        },
      ],
      consumers: [
        {
          connection: connection({ id: 4, formatName: 'mse/fmp4', bytesSent: 80 }),
          senders: [{ id: 5, codec: { codec_name: 'h264' }, parent: 3, bytes: 80, packets: 1, drops: 0 }],
          receivers: [],
        },
      ],
    })
    expect(goJson(streamJson(record('rtsp://u:p@a'), live))).toBe(
      '{"producers":[{"id":2,"format_name":"rtsp","protocol":"rtsp+tcp","remote_addr":"10.0.0.9:554",' +
        '"url":"rtsp://u:p@a","sdp":"v=0\\r\\n","user_agent":"go2rtc","medias":["video, recvonly, H264"],' +
        '"receivers":[{"id":3,"codec":{"codec_name":"h264","profile":"High"},"childs":[5],"bytes":90}],"bytes_recv":99}],' +
        '"consumers":[{"id":4,"format_name":"mse/fmp4",' +
        '"senders":[{"id":5,"codec":{"codec_name":"h264"},"parent":3,"bytes":80,"packets":1}],"bytes_send":80}]}\n',
    )
  })

  test('has null for consumers until somebody watched, and a list ever after', () => {
    expect(goJson(streamJson(record('rtsp://a'), snapshot({ everWatched: false })))).toContain('"consumers":null')
    expect(goJson(streamJson(record('rtsp://a'), snapshot({})))).toContain('"consumers":[]')
  })
})
