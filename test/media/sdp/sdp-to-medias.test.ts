import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { mediasFromSdp } from '#media/sdp/sdp-to-medias.ts'
import { readSdp, sdpNames } from '#test/helpers/session-descriptions.ts'

const header = 'v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n'
const lines = (...body: string[]): string => `${header}${body.join('\r\n')}\r\n`

describe('the medias of a camera', () => {
  const rows = [
    {
      name: 'H.264 and AAC',
      text: lines(
        'm=video 0 RTP/AVP 96',
        'a=rtpmap:96 H264/90000',
        'a=fmtp:96 packetization-mode=1',
        'a=control:trackID=1',
        'm=audio 0 RTP/AVP 97',
        'a=rtpmap:97 mpeg4-generic/16000/1',
        'a=control:trackID=2',
      ),
      medias: ['video, recvonly, H264', 'audio, recvonly, MPEG4-GENERIC/16000/1'],
    },
    {
      name: 'a static payload type without a map',
      text: lines('m=audio 0 RTP/AVP 8'),
      medias: ['audio, recvonly, PCMA/8000/1'],
    },
    ...(
      [
        [9, 'audio', 'G722/8000/1'],
        [10, 'audio', 'L16/44100/2'],
        [11, 'audio', 'L16/44100/1'],
        [14, 'audio', 'MPA'],
        [26, 'video', 'JPEG'],
      ] as const
    ).map(([payloadType, kind, codec]) => ({
      name: `static payload type ${payloadType}`,
      text: lines(`m=${kind} 0 RTP/AVP ${payloadType}`),
      medias: [`${kind}, recvonly, ${codec}`],
    })),
    {
      name: 'several codecs',
      text: lines('m=audio 0 RTP/AVP 0 97 101', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:97 OPUS/48000/2'),
      medias: ['audio, recvonly, PCMU/8000, OPUS/48000/2'],
    },
    {
      name: 'a backchannel',
      text: lines('m=audio 0 RTP/AVP 0', 'a=recvonly', 'm=audio 0 RTP/AVP 0', 'a=sendonly'),
      medias: ['audio, recvonly, PCMU/8000/1', 'audio, sendonly, PCMU/8000/1'],
    },
    {
      name: 'a direction for all',
      text: `${header}a=sendonly\r\nm=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 8\r\na=sendrecv\r\n`,
      medias: ['audio, sendonly, PCMU/8000/1', 'audio, recvonly, PCMA/8000/1'],
    },
    { name: 'what is switched off', text: lines('m=audio 0 RTP/AVP 0', 'a=inactive'), medias: [] },
    {
      name: 'metadata beside the video',
      text: lines(
        'm=video 0 RTP/AVP 26',
        'a=rtpmap:26 JPEG/90000',
        'm=application 0 RTP/AVP 107',
        'a=rtpmap:107 vnd.onvif.metadata/90000',
      ),
      medias: ['video, recvonly, JPEG'],
    },
    { name: 'codecs nobody can name', text: lines('m=video 0 RTP/AVP 110 x', 'a=rtpmap:110 '), medias: [] },
    { name: 'a static payload type of the other kind', text: lines('m=video 0 RTP/AVP 0'), medias: [] },
  ]

  test.each(rows)('are read: $name', ({ text, medias }) => {
    expect(mediasFromSdp(text).map(formatMedia)).toEqual(medias)
  })

  test('keep their control and their format parameters', () => {
    const [media] = mediasFromSdp(
      lines('m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=fmtp:96  a=b; c ', 'a=control:rtsp://x/y'),
    )
    expect(media).toMatchObject({ id: 'rtsp://x/y', codecs: [{ formatParameters: 'a=b; c', payloadType: 96 }] })
  })

  test.each(sdpNames)('of a recorded description are found: %s', name => {
    const { text, medias } = readSdp(name)
    expect(mediasFromSdp(text).map(formatMedia)).toEqual(medias)
  })

  test('of any text are found or refused', () => {
    const part = fc.constantFrom('m=video 0 RTP/AVP 96', 'a=rtpmap:96 ', 'H264/90000', 'a=fmtp:96 ', '\r\n', 'b=AS:128')
    const text = fc.array(fc.oneof(part, fc.string({ maxLength: 6 })), { maxLength: 30 })
    fc.assert(
      fc.property(text, parts => {
        try {
          for (const media of mediasFromSdp(header + parts.join(''))) expect(media.codecs.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error instanceof MalformedError || error instanceof LimitError).toBe(true)
        }
      }),
    )
  })
})
