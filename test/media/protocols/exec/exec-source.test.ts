import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inputAddress, parseExecSource } from '#media/protocols/exec/exec-source.ts'
import { MediaError } from '#media/runtime/errors.ts'
import { parseSourceUrl, type SourceUrl } from '#media/streams/source-url.ts'

const parse = (source: string, port: number | undefined = 8554) => parseExecSource(parseSourceUrl(source), port)

describe('a source', () => {
  test('that writes to its stdout', () => {
    expect(parse('exec:ffmpeg -i "a b" -f h264 -')).toEqual({
      program: 'ffmpeg',
      parameters: ['-i', 'a b', '-f', 'h264', '-'],
      line: 'exec:ffmpeg -i "a b" -f h264 -',
      path: undefined,
      backchannel: undefined,
      startTimeoutMs: 30_000,
    })
  })

  test('that publishes gets an address of its own: the hash of the whole text', () => {
    const { parameters, line, path } = parse('exec:run -o {output}#killsignal=15')
    expect(path).toBe('b3eb625111baf3130c154a8e921bc978')
    expect(parameters).toEqual(['-o', `rtsp://127.0.0.1:8554/${path}`])
    expect(line).toBe(`exec:run -o rtsp://127.0.0.1:8554/${path}`)
    expect(parse('exec:run -o {output}', 1).path).toBe(path)
    expect(parse('exec:run -p {output}').path).not.toBe(path)
  })

  test.each([
    ['#killsignal=2', { killSignal: 2 }],
    ['#killsignal=15#killtimeout=5', { killSignal: 15, killTimeoutMs: 5000 }],
    ['#starttimeout=3', { startTimeoutMs: 3000 }],
    ['#killsignal=0#killtimeout=0#starttimeout=0', { startTimeoutMs: 30_000 }],
    ['#backchannel=1', { backchannel: '' }],
    ['#backchannel=1#audio=pcma/8000', { backchannel: 'pcma/8000' }],
    ['#backchannel=0#audio=x', { backchannel: undefined }],
    ['#audio=x#what=ever', { backchannel: undefined }],
  ])('with %s', (params, expected) => {
    const parsed = parse(`exec:a${params}`)
    expect(parsed).toMatchObject(expected)
    if (!('killSignal' in expected)) expect(parsed).not.toHaveProperty('killSignal')
  })

  test('names what it publishes to only within its text', () => {
    expect(parse('exec:{output} a').path).toBeUndefined()
    expect(parse('exec:a {output} {output}').parameters[1]).toBe('{output}')
  })

  test.each([
    ['exec:a {output}', 'rtsp_disabled', 'exec: rtsp module disabled', undefined],
    ['exec:', 'malformed_source', 'there is no command', 8554],
    ['exec:a "b', 'malformed_source', 'the command has a " that is not closed', 8554],
    ['exec:a#killsignal=KILL', 'malformed_source', 'exec: #killsignal=KILL is no number', 8554],
    ['exec:a#killsignal=1000', 'malformed_source', 'exec: #killsignal=1000 is no number', 8554],
    ['exec:a#starttimeout=-1', 'malformed_source', 'exec: #starttimeout=-1 is no number', 8554],
  ])('is refused: %s', (source, code, message, port) => {
    expect(() => parseExecSource(source as SourceUrl, port)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })

  test('of any text is understood or refused', () => {
    const words = fc.constantFrom(' ', '"', "'", '{output}', '#', 'killsignal=', 'backchannel=1', '=', 'a', '9', ':')
    fc.assert(
      fc.property(
        fc.array(words).map(list => `exec:${list.join('')}`),
        source => {
          try {
            expect(parse(source).line).toMatch(/^exec:/)
          } catch (error) {
            expect(error).toBeInstanceOf(MediaError)
          }
        },
      ),
    )
  })
})

test.each([
  [['-i', 'rtsp://u:p@cam:554/x', '-f'], 'cam:554'],
  [['-re', '-i', 'http://cam/x'], 'cam'],
  [['-i', '/a.mp4'], undefined],
  [['-i'], undefined],
  [[], undefined],
])('%o reads from %s', (parameters, host) => {
  expect(inputAddress(parameters)?.host).toBe(host)
})
