import { expect, test } from 'vitest'
import { codecJson } from '#media/codecs/codec-json.ts'
import type { Codec } from '#media/core/codec.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const audio = (name: string, clockRate: number, channels: number): Codec => ({
  kind: 'audio',
  name,
  clockRate,
  channels,
  formatParameters: '',
})

const jpeg: Codec = { ...audio('JPEG', 90_000, 0), kind: 'video' }

test.each([
  {
    codec: fixtureTrack('h264-b-frames-aac.mp4', 'video').codec,
    json: '{"codec_name":"h264","codec_type":"video","level":10,"profile":"High"}',
  },
  { codec: fixtureTrack('h265.mp4', 'video').codec, json: '{"codec_name":"hevc","codec_type":"video"}' },
  { codec: { ...jpeg, name: 'VP8' }, json: '{"codec_name":"vp8","codec_type":"video"}' },
  { codec: jpeg, json: '{"codec_name":"mjpeg","codec_type":"video"}' },
  {
    codec: audio('MPEG4-GENERIC', 16_000, 0),
    json: '{"codec_name":"aac","codec_type":"audio","sample_rate":16000}',
  },
  {
    codec: audio('OPUS', 48_000, 2),
    json: '{"channels":2,"codec_name":"opus","codec_type":"audio","sample_rate":48000}',
  },
  { codec: audio('G722', 8000, 0), json: '{"codec_name":"G722","codec_type":"audio","sample_rate":8000}' },
  {
    codec: audio('L16', 44_100, 2),
    json: '{"channels":2,"codec_name":"pcm_s16be","codec_type":"audio","sample_rate":44100}',
  },
  { codec: audio('PCML', 8000, 0), json: '{"codec_name":"pcm_s16le","codec_type":"audio","sample_rate":8000}' },
  {
    codec: audio('ELD', 16_000, 1),
    json: '{"channels":1,"codec_name":"aac/eld","codec_type":"audio","sample_rate":16000}',
  },
  { codec: audio('L24', 48_000, 0), json: '{"codec_name":"L24","codec_type":"audio","sample_rate":48000}' },
  { codec: audio('FLAC', 8000, 0), json: '{"codec_name":"flac","codec_type":"audio","sample_rate":8000}' },
  { codec: audio('MPA', 0, 0), json: '{"codec_name":"mp3","codec_type":"audio"}' },
])('is go2rtc’s $json', ({ codec, json }) => {
  expect(JSON.stringify(codecJson(codec))).toBe(json)
})
