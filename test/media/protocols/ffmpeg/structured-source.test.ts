import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitCommand } from '#media/processes/command-line.ts'
import { ffmpegCommand } from '#media/protocols/ffmpeg/ffmpeg-arguments.ts'
import { parseFfmpegSource } from '#media/protocols/ffmpeg/ffmpeg-source.ts'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { unstructuredPart } from '#media/protocols/ffmpeg/structured-source.ts'
import { ffmpegSurroundings } from '#test/helpers/ffmpeg-surroundings.ts'

const templates = ffmpegTemplates({ mine: '-c:v libx264 -crf 30', 'my/input': '-re -i {input}' }, '')
const look = (source: string): string | undefined =>
  unstructuredPart(source, { templates, hasStream: name => name === 'porch' })

describe('a source that anybody may say', () => {
  test.each([
    'ffmpeg:porch',
    'ffmpeg:porch#audio=opus#query=log_level=debug',
    'ffmpeg:porch#video=mjpeg',
    'ffmpeg:porch#video=h264#hardware',
    'ffmpeg:porch#video=h264#hardware=vaapi#width=640#height=-1#rotate=-90#bitrate=2.5M',
    'ffmpeg:porch#video=copy#audio=copy#audio=aac/16000#async#timeout=20',
    'ffmpeg:porch#video=mine',
    'ffmpeg:rtsp://admin:pa55@cam/x?a=b&c=d#video=copy#input=rtsp/udp',
    'ffmpeg:http://cam/x.m3u8#input=my/input#audio=auto',
    'ffmpeg:rtmp://cam/x#what=ever',
    'ffmpeg:srt://cam:9000?mode=caller',
    'ffmpeg:virtual?video#video=h264',
    'ffmpeg:virtual?video=testsrc2&size=4K&rate=30000/1001&color=red',
    'ffmpeg:tts?text=it+is+10:30,%20sir&voice=slt#audio=auto',
    'ffmpeg:porch#video=h264#drawtext=fontsize=12:x=(w-tw)/2:text=porch:fontcolor=white@0.5',
  ])('%s', source => {
    expect(look(source)).toBeUndefined()
  })
})

describe('a source that needs more than that', () => {
  test.each([
    ['ffmpeg:/etc/passwd', 'a file'],
    ['ffmpeg:garden', 'a file'],
    ['ffmpeg:file:///etc/passwd', 'an address of another kind'],
    ['ffmpeg:concat:http://a|/etc/passwd', 'an address of another kind'],
    ['ffmpeg:subfile,,start,0,end,9,,:http://h', 'an address of another kind'],
    ['ffmpeg:http:///etc', 'an address of another kind'],
    ['ffmpeg:device?video=0', 'a device'],
    ['ffmpeg:virtual?video=movie=/etc/passwd', 'a test picture'],
    ['ffmpeg:virtual?video&size=10x10,movie=x', 'a test picture'],
    ['ffmpeg:tts?text=x&voice=slt:textfile=/etc/passwd', 'speech'],
    ['ffmpeg:tts?text={output}', 'speech'],
    ['ffmpeg:porch#raw=-ss', '#raw=-ss'],
    ['ffmpeg:porch#raw=h264', '#raw=h264'],
    ['ffmpeg:porch#video=-c:v', '#video=-c:v'],
    ['ffmpeg:porch#video=output', '#video=output'],
    ['ffmpeg:porch#video=opus', '#video=opus'],
    ['ffmpeg:porch#video=', '#video='],
    ['ffmpeg:porch#video=__proto__', '#video=__proto__'],
    ['ffmpeg:porch#audio=h264', '#audio=h264'],
    ['ffmpeg:http://h#input=-i', '#input=-i'],
    ['ffmpeg:http://h#input=h264', '#input=h264'],
    ['ffmpeg:http://h#input=-i {input}', 'spaces or quotes in #input'],
    ['ffmpeg:porch#bitrate=1M -y', 'spaces or quotes in #bitrate'],
    ['ffmpeg:porch#bitrate=1M\u00a0-y', 'spaces or quotes in #bitrate'],
    ['ffmpeg:porch#bitrate=1M\u2028-y', 'spaces or quotes in #bitrate'],
    ['ffmpeg:porch#width=iw/2', '#width=iw/2'],
    ['ffmpeg:porch#rotate=PI', '#rotate=PI'],
    ['ffmpeg:porch#hardware=abacus', '#hardware=abacus'],
    ['ffmpeg:porch#timeout=-1', '#timeout=-1'],
    ['ffmpeg:porch#query=a"b', 'spaces or quotes in #query'],
    ['ffmpeg:porch#drawtext=textfile=/etc/passwd', '#drawtext=textfile'],
    ['ffmpeg:porch#drawtext=text=x,movie=y', '#drawtext=text=x,movie'],
    ['ffmpeg:porch#drawtext=x=1:fontfile=/x', '#drawtext=x=1:fontfile'],
    ['ffmpeg:porch#drawtext=text=%{pts}', 'spaces or quotes in #drawtext'],
    ['ffmpeg:porch#drawtext=fontsize=12', undefined],
    ['ffmpeg:http://h/{output}', 'spaces or quotes in the address'],
    ['ffmpeg:http://h/\t', 'spaces or quotes in the address'],
  ])('%s', (source, part) => {
    if (part === undefined) expect(look(source)).toBeUndefined()
    else expect(look(source)).toContain(part)
  })
})

/** What an attacker would like to see in a command. */
const attacks = [
  '-y',
  ' -y ',
  '" -y "',
  "' -y '",
  '\u00a0-y',
  '\t-y',
  'text=x,movie=y',
  'textfile=/etc',
  'movie=/etc',
  '{output}',
]
const good = ['h264', 'copy', '640', 'rtsp/udp', 'x=1', '90', '2M', 'vaapi', '']

test('whatever anybody may say becomes only arguments that templates have, numbers and one address', () => {
  const text = fc.array(fc.constantFrom(...good, ...attacks), { maxLength: 2 }).map(pieces => pieces.join(''))
  const key = fc.constantFrom(
    'video',
    'audio',
    'raw',
    'input',
    'width',
    'rotate',
    'bitrate',
    'hardware',
    'drawtext',
    'query',
  )
  const params = fc.array(fc.tuple(key, text), { maxLength: 3 })
  const input = fc.constantFrom(
    'porch',
    'http://h/',
    'rtsp://h/',
    'tts?text=',
    'tts?voice=',
    'virtual?video=',
    'virtual?size=',
    'device?',
    '/',
  )
  const known = new Set([...templates.values()].flatMap(value => value.split(' ')))
  const ours = /^-(allowed_media_types|map|re|f|i|vf|an|vn|c|c:[va]|b:v|maxrate|bufsize|hwaccel\w*|afbc|\d+)$/
  let seen = 0
  fc.assert(
    fc.property(input, fc.oneof({ weight: 4, arbitrary: fc.constant('') }, text), params, (begin, rest, pairs) => {
      const source = `${begin}${rest}${pairs.map(([name, value]) => `#${name}=${value}`).join('')}`
      if (look(`ffmpeg:${source}`) !== undefined) return
      seen++
      const { parameters } = splitCommand(ffmpegCommand(parseFfmpegSource(source), ffmpegSurroundings({ templates })))
      const options = parameters.filter(word => word.startsWith('-'))
      expect(options.filter(word => !known.has(word.replace(/:\d+$/, '')) && !ours.test(word))).toEqual([])
      const filters = parameters.filter((_, index) => parameters[index - 1] === '-vf' || parameters[index - 1] === '-i')
      expect(
        filters.filter(word => /movie=|textfile=/.test(word) && !word.startsWith('flite=') && !/^\w+:/.test(word)),
      ).toEqual([])
      expect(parameters.filter(word => word.includes('{output}')).length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 5000 },
  )
  expect(seen).toBeGreaterThan(500)
})
