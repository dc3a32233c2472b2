import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readYamlStreams } from '#server/config/yaml-streams.ts'

const streamsIn = (text: string): Readonly<Record<string, readonly string[]>> => {
  const { streams, error } = readYamlStreams(text)
  expect(error).toBeUndefined()
  return Object.fromEntries(streams.map(({ name, sources }) => [name, sources]))
}

const forms = [
  { name: 'a text', yaml: 'a: rtsp://x', sources: ['rtsp://x'] },
  { name: 'a text in quotes', yaml: 'a: "rtsp://x"', sources: ['rtsp://x'] },
  { name: 'a list', yaml: 'a: [x:1, "y:2"]', sources: ['x:1', 'y:2'] },
  { name: 'a list at the column of its key', yaml: 'a:\n- x:1\n- y:2', sources: ['x:1', 'y:2'] },
  { name: 'a map with url', yaml: 'a: {url: x:1}', sources: ['x:1'] },
  { name: 'a map with a list of urls', yaml: 'a:\n  url:\n    - x:1\n    - y:2', sources: ['x:1', 'y:2'] },
  { name: 'a map without url', yaml: 'a: {src: x}', sources: [] },
  { name: 'nothing', yaml: 'a:', sources: [] },
  { name: 'null', yaml: 'a: null', sources: [] },
  { name: 'a tilde', yaml: 'a: ~', sources: [] },
  { name: 'an empty text', yaml: 'a: ""', sources: [] },
  { name: 'the word null in quotes', yaml: 'a: "null"', sources: ['null'] },
  { name: 'a number with a leading zero', yaml: 'a: 0123', sources: ['0123'] },
  { name: 'a number in scientific notation', yaml: 'a: 1e5', sources: ['1e5'] },
  { name: 'a word that older YAML takes for true', yaml: 'a: yes', sources: ['yes'] },
  { name: 'a hexadecimal number', yaml: 'a: 0x10', sources: ['0x10'] },
  { name: 'lines folded as plain text', yaml: 'a: rtsp://x/very\n  long', sources: ['rtsp://x/very long'] },
  { name: 'a folded block', yaml: 'a: >-\n  exec:ffmpeg\n  -i x', sources: ['exec:ffmpeg -i x'] },
  { name: 'options behind a hash', yaml: 'a: ffmpeg:b#video=h264', sources: ['ffmpeg:b#video=h264'] },
  { name: 'a comment behind it', yaml: 'a: x:1 # front', sources: ['x:1'] },
  { name: 'an alias', yaml: 'b: &b x:1\na: *b', sources: ['x:1'] },
  { name: 'an alias in a list', yaml: 'b: &b x:1\na: [*b, y:2]', sources: ['x:1', 'y:2'] },
  { name: 'a merged name', yaml: '<<: {a: x:1}', sources: ['x:1'] },
  { name: 'a merged name that is also written out', yaml: '<<: {a: x:1}\na: y:2', sources: ['y:2'] },
  { name: 'the first of two merged', yaml: '<<: [{a: x:1}, {a: y:2}]', sources: ['x:1'] },
  { name: 'an item that is no text', yaml: 'a: [x:1, {b: c}, ~, y:2]', sources: ['x:1', 'y:2'] },
]

test.for(forms)('a stream is read from $name', ({ yaml, sources }) => {
  expect(streamsIn(`streams:\n${yaml.replace(/^/gm, '  ')}\n`)['a']).toEqual(sources)
})

test('names are their source text too', () => {
  const yaml = 'streams: {101: a:1, yes: b:2, "a b": c:3, 1e3: d:4, __proto__: e:5, constructor: f:6, ../x: g:7}'
  expect(readYamlStreams(yaml).streams.map(({ name }) => name)).toEqual([
    '101',
    'yes',
    'a b',
    '1e3',
    '__proto__',
    'constructor',
    '../x',
  ])
})

test('a file that says nothing about streams has none', () => {
  for (const text of [
    '',
    '# only a comment',
    'streams:',
    'streams: {}',
    'streams: ~',
    '---\n',
    '\ufeff',
    'api: {listen: ""}',
  ])
    expect(streamsIn(text)).toEqual({})
})

test('env is read as texts', () => {
  const { environment } = readYamlStreams('env: {PW: 0123, EMPTY: , QUOTED: "a b"}')
  expect([...environment]).toEqual([
    ['PW', '0123'],
    ['EMPTY', ''],
    ['QUOTED', 'a b'],
  ])
})

const preloadForms = [
  { name: 'a text', yaml: 'a: video&audio', query: 'video&audio' },
  { name: 'a text in quotes', yaml: 'a: "audio=&video=h264"', query: 'audio=&video=h264' },
  { name: 'nothing', yaml: 'a:', query: '' },
  { name: 'null', yaml: 'a: null', query: '' },
  { name: 'an empty text', yaml: 'a: ""', query: '' },
  { name: 'a number', yaml: 'a: 0123', query: '0123' },
  { name: 'an alias', yaml: 'b: &b video\na: *b', query: 'video' },
  { name: 'a merged name', yaml: '<<: {a: video}', query: 'video' },
]

test.for(preloadForms)('a preload is read from $name', ({ yaml, query }) => {
  const { preloads, error } = readYamlStreams(`preload:\n${yaml.replace(/^/gm, '  ')}\n`)
  expect(error).toBeUndefined()
  expect(preloads.find(({ name }) => name === 'a')).toEqual({ name: 'a', query })
})

describe('notes', () => {
  test('a preload that is no text, and preloads that are no names, are skipped and told', () => {
    const { preloads, notes } = readYamlStreams('preload:\n  a: [video]\n  b: video\n')
    expect(preloads).toEqual([{ name: 'b', query: 'video' }])
    expect(notes).toEqual([
      { message: 'the preload of a must be a text such as video&audio: skipped', line: 2, column: 6 },
    ])
    expect(readYamlStreams('preload: [a]\nstreams: {a: x:1}')).toMatchObject({
      streams: [{ name: 'a' }],
      preloads: [],
      notes: [{ message: 'preload: must hold names with queries: skipped', line: 1, column: 1 }],
    })
  })

  test('a module of go2rtc that is not used yet is told with its place', () => {
    expect(readYamlStreams('streams: {}\nhomekit:\n  listen: x').notes).toEqual([
      { message: 'homekit: is not used yet', line: 2, column: 1 },
    ])
  })

  test('a key that go2rtc does not know is told as such', () => {
    expect(readYamlStreams('stream:\n  a: b').notes).toEqual([
      { message: 'stream: is not a key of go2rtc', line: 1, column: 1 },
    ])
  })

  test('an item that is skipped is told with its place', () => {
    expect(readYamlStreams('streams:\n  a:\n    - x:1\n    - [y]').notes).toEqual([
      { message: 'an item of a is not a text: skipped', line: 4, column: 7 },
    ])
  })
})

const broken = [
  { name: 'a name that is there twice', text: 'streams:\n  a: x\n  a: y', line: 3, column: 3 },
  { name: 'a tab as indentation', text: 'streams:\n\ta: b', line: 2, column: 1 },
  { name: 'a list that does not end', text: 'streams: [a', line: 1, column: 12 },
  { name: 'quotes that do not end', text: 'streams:\n  a: "x', line: 2, column: 8 },
  { name: 'an alias of nothing', text: 'streams: {a: *x}', line: 1, column: 14 },
  { name: 'streams that are a text', text: 'streams: 5', line: 1, column: 1 },
  { name: 'a list at the top', text: '- a', line: 1, column: 1 },
  { name: 'a second document', text: 'a: 1\n---\nb: 2', line: 2, column: 1 },
]

test.for(broken)('$name is an error with its place', ({ text, line, column }) => {
  const { error, streams } = readYamlStreams(text)
  expect(error).toMatchObject({ line, column })
  expect(error?.message).toMatch(/\w/)
  expect(streams).toEqual([])
})

describe('hostile files', () => {
  test('a bomb of aliases ends at a limit', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const inner =
        level === 0
          ? '{a: x}'
          : `{<<: [${Array(9)
              .fill(`*l${level - 1}`)
              .join(', ')}]}`
      return `l${level}: &l${level} ${inner}`
    })
    expect(readYamlStreams(`${levels.join('\n')}\nstreams: *l8`).error?.message).toContain('more than 1000 aliases')
  })

  test('a map that merges itself ends', () => {
    expect(readYamlStreams('streams: &s\n  <<: *s\n  a: b').streams).toEqual([{ name: 'a', sources: ['b'] }])
  })

  test('nesting without end is an error', () => {
    expect(readYamlStreams('['.repeat(20_000)).error?.message).toContain('nested too deeply')
    expect(readYamlStreams('{a: '.repeat(20_000)).error?.message).toContain('nested too deeply')
  })

  test('a file beyond 4 MB is not read', () => {
    expect(readYamlStreams(`# ${'x'.repeat(4 * 1024 * 1024)}`).error?.message).toContain('4 MB')
  })

  test('tags run nothing', () => {
    expect(streamsIn('streams: {a: !!js/function "() => 1", b: !!python/object x}')).toEqual({
      a: ['() => 1'],
      b: ['x'],
    })
  })

  test('more than 10 000 streams, or preloads, are refused', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => `  s${index}: a:b`).join('\n')
    expect(readYamlStreams(`streams:\n${many}`).error?.message).toContain('10000')
    expect(readYamlStreams(`preload:\n${many}`).error?.message).toContain('10000')
  }, 120_000)
})

const sample =
  'env: {PW: x}\nstreams:\n  <<: &m {z: q}\n  a: &a rtsp://u:p@h # c\n  b:\n    - *a\n    - "x: y"\n  c: {url: [a, b]}\n  d: >-\n    f\n    g\npreload:\n  a: video&audio # c\n  b:\n  <<: {c: ""}\n'

test('whatever the text, reading it ends without throwing', () => {
  const pieces = fc.constantFrom(
    'streams:',
    'preload:',
    '\n',
    '  ',
    '- ',
    ': ',
    '&a ',
    '*a',
    '<<',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '#',
    '\t',
    'x',
    '? ',
    '!t ',
    '\r\n',
    '---',
    ',',
  )
  const flipped = fc
    .tuple(fc.nat(sample.length - 1), fc.string({ minLength: 1, maxLength: 2 }))
    .map(([at, text]) => sample.slice(0, at) + text + sample.slice(at + 1))
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces).map(list => list.join('')),
    flipped,
    fc.nat(sample.length).map(at => sample.slice(0, at)),
  )
  fc.assert(
    fc.property(text, yaml => {
      const { streams, preloads, error } = readYamlStreams(yaml)
      for (const { name, query } of preloads) expect([typeof name, typeof query]).toEqual(['string', 'string'])
      for (const { name, sources } of streams)
        expect([typeof name, ...sources.map(source => typeof source)]).not.toContain('object')
      if (error !== undefined) expect([streams, preloads]).toEqual([[], []])
    }),
    { numRuns: 1000 },
  )
})
