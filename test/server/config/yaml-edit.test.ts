import { describe, expect, test } from 'vitest'
import { editPreloads, editStreams, type PreloadEdit, type StreamEdit } from '#server/config/yaml-edit.ts'

const file = `# my house
api:
  listen: ":1984"   # the port

streams:
  # at the front
  porch: rtsp://admin:pw@10.0.0.1/1 # door bell
  yard:
    - rtsp://10.0.0.2/1   # main
    # smaller, for the phone
    - "ffmpeg:yard#video=h264"

  garage: >-
    exec:ffmpeg
    -i x

log: {level: info}
`

/** Edits that leave everything else as it is: the text is the same but for one stretch. */
const rows: readonly {
  readonly name: string
  readonly edits: readonly StreamEdit[]
  readonly from: string
  readonly to: string
}[] = [
  {
    name: 'another source on the same line keeps the comment',
    edits: [{ from: 'porch', to: { name: 'porch', sources: ['rtsp://x'] } }],
    from: 'porch: rtsp://admin:pw@10.0.0.1/1 #',
    to: 'porch: rtsp://x #',
  },
  {
    name: 'a rename touches the key alone',
    edits: [{ from: 'yard', to: { name: 'back yard', sources: ['rtsp://10.0.0.2/1', 'ffmpeg:yard#video=h264'] } }],
    from: '  yard:',
    to: '  back yard:',
  },
  {
    name: 'one item changes, keeping its quotes',
    edits: [{ from: 'yard', to: { name: 'yard', sources: ['rtsp://10.0.0.2/1', 'ffmpeg:yard#video=h265'] } }],
    from: 'video=h264"',
    to: 'video=h265"',
  },
  {
    name: 'an item comes in between',
    edits: [{ from: 'yard', to: { name: 'yard', sources: ['rtsp://10.0.0.2/1', 'a:b', 'ffmpeg:yard#video=h264'] } }],
    from: '# main\n',
    to: '# main\n    - a:b\n',
  },
  {
    name: 'an item comes first',
    edits: [{ from: 'yard', to: { name: 'yard', sources: ['a:b', 'rtsp://10.0.0.2/1', 'ffmpeg:yard#video=h264'] } }],
    from: '  yard:\n',
    to: '  yard:\n    - a:b\n',
  },
  {
    name: 'an item goes with its line',
    edits: [{ from: 'yard', to: { name: 'yard', sources: ['ffmpeg:yard#video=h264'] } }],
    from: '    - rtsp://10.0.0.2/1   # main\n',
    to: '',
  },
  {
    name: 'a text becomes a list, its comment stays on the line of the key',
    edits: [{ from: 'porch', to: { name: 'porch', sources: ['a:1', 'b:2'] } }],
    from: 'porch: rtsp://admin:pw@10.0.0.1/1 # door bell\n',
    to: 'porch: # door bell\n    - a:1\n    - b:2\n',
  },
  {
    name: 'a folded text is replaced as a whole',
    edits: [{ from: 'garage', to: { name: 'garage', sources: ['a:1'] } }],
    from: '>-\n    exec:ffmpeg\n    -i x\n',
    to: 'a:1\n',
  },
  {
    name: 'a folded text becomes a list',
    edits: [{ from: 'garage', to: { name: 'garage', sources: ['a:1', 'b:2'] } }],
    from: 'garage: >-\n    exec:ffmpeg\n    -i x\n',
    to: 'garage:\n    - a:1\n    - b:2\n',
  },
  {
    name: 'a stream without sources keeps its name',
    edits: [{ from: 'porch', to: { name: 'porch', sources: [] } }],
    from: 'porch: rtsp://admin:pw@10.0.0.1/1 #',
    to: 'porch: #',
  },
  {
    name: 'a stream goes with its lines, the comment above it stays',
    edits: [{ from: 'porch' }],
    from: '  porch: rtsp://admin:pw@10.0.0.1/1 # door bell\n',
    to: '',
  },
  {
    name: 'a new stream comes after the last one',
    edits: [{ to: { name: 'cellar', sources: ['rtsp://c'] } }],
    from: '    -i x\n',
    to: '    -i x\n  cellar: rtsp://c\n',
  },
  {
    name: 'names and sources are quoted where they must be',
    edits: [{ to: { name: '101', sources: ["it's: a", '#b'] } }],
    from: '    -i x\n',
    to: "    -i x\n  '101':\n    - 'it''s: a'\n    - '#b'\n",
  },
]

test.for(rows)('$name', ({ edits, from, to }) => {
  expect(file.split(from).length).toBe(2)
  expect(editStreams(file, edits)).toBe(file.replace(from, () => to))
})

test('no edits change nothing', () => {
  expect(editStreams('not: [understood', [])).toBe('not: [understood')
})

const whole: readonly {
  readonly name: string
  readonly before: string
  readonly edits: readonly StreamEdit[]
  readonly after: string
}[] = [
  {
    name: 'an empty file gets the section',
    before: '',
    edits: [{ to: { name: 'a', sources: ['x:1'] } }],
    after: 'streams:\n  a: x:1\n',
  },
  {
    name: 'a file of comments keeps them',
    before: '# nothing yet\n',
    edits: [{ to: { name: 'a', sources: [] } }],
    after: '# nothing yet\nstreams:\n  a:\n',
  },
  {
    name: 'a file without the section and without a last line break goes on to have none',
    before: 'api:\r\n  listen: x',
    edits: [{ to: { name: 'a', sources: ['x:1', 'y:2'] } }],
    after: 'api:\r\n  listen: x\r\nstreams:\r\n  a:\r\n    - x:1\r\n    - y:2',
  },
  {
    name: 'a section that says nothing is filled',
    before: 'streams: # none\napi: {}\n',
    edits: [{ to: { name: 'a', sources: ['x:1'] } }],
    after: 'streams: # none\n  a: x:1\napi: {}\n',
  },
  {
    name: 'a section that says ~ is filled',
    before: 'streams: ~\n',
    edits: [{ to: { name: 'a', sources: ['x:1'] } }],
    after: 'streams:\n  a: x:1\n',
  },
  {
    name: 'an empty flow map becomes lines',
    before: 'streams: {}\nlog: {}\n',
    edits: [{ to: { name: 'a', sources: ['x:1'] } }],
    after: 'streams:\n  a: x:1\nlog: {}\n',
  },
  {
    name: 'a flow map stays one',
    before: 'streams: {a: x, b: [y, z], c: "q"} # all\n',
    edits: [
      { from: 'a' },
      { from: 'b', to: { name: 'b', sources: ['y,1'] } },
      { from: 'c', to: { name: 'd', sources: ['q'] } },
      { to: { name: 'e', sources: [] } },
    ],
    after: 'streams: {b: [\'y,1\'], d: "q", e: null} # all\n',
  },
  {
    name: 'a flow map loses its last streams',
    before: 'streams: {a: x, b: y, c: z}\n',
    edits: [{ from: 'b' }, { from: 'c' }],
    after: 'streams: {a: x}\n',
  },
  {
    name: 'the last stream goes and the section stays',
    before: 'streams:\n  a: x\n',
    edits: [{ from: 'a' }],
    after: 'streams:\n',
  },
  {
    name: 'all streams go and another comes',
    before: 'streams:\n  a: x # y\n  # below\n  b: z\n',
    edits: [{ from: 'a' }, { from: 'b' }, { to: { name: 'c', sources: ['q'] } }],
    after: 'streams:\n  c: q\n  # below\n',
  },
  {
    name: 'two streams change names with each other',
    before: 'streams:\n  a: x\n  b: z\n',
    edits: [
      { from: 'a', to: { name: 'b', sources: ['x'] } },
      { from: 'b', to: { name: 'a', sources: ['z'] } },
    ],
    after: 'streams:\n  b: x\n  a: z\n',
  },
  {
    name: 'the url of a map changes in its place',
    before: 'streams:\n  a: {url: x} # one\n  b:\n    url: y\n',
    edits: [
      { from: 'a', to: { name: 'a', sources: ['q'] } },
      { from: 'b', to: { name: 'b', sources: ['r'] } },
    ],
    after: 'streams:\n  a: {url: q} # one\n  b:\n    url: r\n',
  },
  {
    name: 'a list at the column of its key grows there',
    before: 'streams:\n  a:\n  - x\n',
    edits: [{ from: 'a', to: { name: 'a', sources: ['x', 'z'] } }],
    after: 'streams:\n  a:\n  - x\n  - z\n',
  },
  {
    name: 'a byte order mark stays',
    before: '\ufeffstreams:\n  a: x\n',
    edits: [{ from: 'a', to: { name: 'a', sources: ['z'] } }],
    after: '\ufeffstreams:\n  a: z\n',
  },
]

test.for(whole)('$name', ({ before, edits, after }) => {
  expect(editStreams(before, edits)).toBe(after)
})

describe('anchors', () => {
  test('a stream that is an alias becomes one of its own', () => {
    expect(editStreams('streams:\n  a: &x q\n  b: *x\n', [{ from: 'b', to: { name: 'b', sources: ['r'] } }])).toBe(
      'streams:\n  a: &x q\n  b: r\n',
    )
  })

  test('changing what others are an alias of writes theirs out, wherever they are', () => {
    const before = 'streams:\n  a: &x q # c\n  b: [*x, z]\npublish:\n  a: *x\n'
    expect(editStreams(before, [{ from: 'a', to: { name: 'a', sources: ['r'] } }])).toBe(
      'streams:\n  a: &x r # c\n  b: [q, z]\npublish:\n  a: q\n',
    )
  })

  test('removing what others are an alias of writes theirs out', () => {
    expect(editStreams('streams:\n  a: &x [q, s]\n  b: *x\n', [{ from: 'a' }])).toBe('streams:\n  b: [q, s]\n')
  })

  test('a merged stream is written out over what is merged', () => {
    const before = 'base: &m {a: q, b: s}\nstreams:\n  <<: *m\n  c: t\n'
    expect(editStreams(before, [{ from: 'a', to: { name: 'a', sources: ['r'] } }])).toBe(`${before}  a: r\n`)
  })

  test('removing a merged stream writes the whole section out', () => {
    const before = 'base: &m {a: q, b: s}\nstreams:\n  <<: *m\n  c: t\n'
    expect(editStreams(before, [{ from: 'a' }])).toBe('base: &m {a: q, b: s}\nstreams:\n  c: t\n  b: s\n')
  })

  test('a section that is an alias is written out, what it is an alias of stays', () => {
    const before = 'base: &m {a: q}\nstreams: *m\n'
    expect(editStreams(before, [{ to: { name: 'b', sources: ['r'] } }])).toBe(
      'base: &m {a: q}\nstreams:\n  a: q\n  b: r\n',
    )
  })
})

test('a file that is one flow map is written by the library', () => {
  expect(editStreams('{api: {listen: x}}', [{ to: { name: 'a', sources: ['x:1'] } }])).toBe(
    '{ api: { listen: x }, streams: { a: x:1 } }\n',
  )
})

test('a text that is not understood is not touched', () => {
  expect(() => editStreams('streams: [', [{ to: { name: 'a', sources: [] } }])).toThrow(
    expect.objectContaining({ code: 'yaml_syntax' }),
  )
})

const preloads: readonly {
  readonly name: string
  readonly before: string
  readonly edits: readonly PreloadEdit[]
  readonly after: string
}[] = [
  {
    name: 'a file without preloads gets the section at its end, as go2rtc writes it',
    before: 'streams:\n  a: x:1\n\nlog: {}\n',
    edits: [{ to: { name: 'a', query: 'audio=&video=h264' } }, { to: { name: 'b', query: '' } }],
    after: 'streams:\n  a: x:1\n\nlog: {}\npreload:\n  a: audio=&video=h264\n  b: ""\n',
  },
  {
    name: 'another query on the same line keeps its quotes and its comment',
    before: "preload:\n    a: 'video'   # night\n    b:\n",
    edits: [{ from: 'a', to: { name: 'a', query: 'audio' } }],
    after: "preload:\n    a: 'audio'   # night\n    b:\n",
  },
  {
    name: 'one that says nothing gets a query',
    before: 'preload:\n  a: # night\n',
    edits: [{ from: 'a', to: { name: 'a', query: 'video' } }],
    after: 'preload:\n  a: video # night\n',
  },
  {
    name: 'a rename touches the key alone',
    before: 'preload:\n  "a": video # night\n',
    edits: [{ from: 'a', to: { name: 'b', query: 'video' } }],
    after: 'preload:\n  "b": video # night\n',
  },
  {
    name: 'the last one goes with its line, the section stays, and can be filled again',
    before: 'preload:\n  a: video # night\nlog: {}\n',
    edits: [{ from: 'a' }],
    after: 'preload:\nlog: {}\n',
  },
  {
    name: 'the empty map of the example is filled',
    before: '# Default: none.\npreload: {}\n  # porch: video\n\nffmpeg: {}\n',
    edits: [{ to: { name: 'a', query: '' } }],
    after: '# Default: none.\npreload:\n  a: ""\n  # porch: video\n\nffmpeg: {}\n',
  },
]

test.for(preloads)('preloads: $name', ({ before, edits, after }) => {
  expect(editPreloads(before, edits)).toBe(after)
})

test('what stands where preloads must be is not replaced', () => {
  expect(() => editPreloads('preload: [a]\n', [{ to: { name: 'b', query: '' } }])).toThrow(
    expect.objectContaining({ code: 'yaml_edit', message: 'what stands under preload: is no list of names' }),
  )
})
