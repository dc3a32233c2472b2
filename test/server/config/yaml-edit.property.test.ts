import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editPreloads, editStreams, type PreloadEdit, type StreamEdit } from '#server/config/yaml-edit.ts'
import { readYamlStreams, type WrittenPreload, type WrittenStream } from '#server/config/yaml-streams.ts'

const names = fc.oneof(
  fc.constantFrom('porch', 'yard', 'a b', '101', 'yes', '<<', "it's", '__proto__', 'a: b', '#x', 'é', '-', '"'),
  fc.stringMatching(/^[a-z]{1,6}$/),
)
const sources = fc.array(
  fc.constantFrom(
    'rtsp://a:b@c/d',
    'ffmpeg:x#video=h264',
    'exec:a b: c',
    'x y #z',
    '0123',
    "q'uote",
    'null',
    'a,b',
    '{output}',
    '[x',
    'tab\tbed',
    'two\nlines',
  ),
  { maxLength: 4 },
)
const stream = fc.record({ name: names, sources })
const streams = fc.uniqueArray(stream, { selector: ({ name }) => name, maxLength: 6 })

/** One way to write a stream by hand, with things around it that must stay. */
interface Style {
  readonly form: 'plain' | 'flow' | 'url' | 'list'
  readonly comment: boolean
  readonly above: boolean
  readonly blank: boolean
}

const style: fc.Arbitrary<Style> = fc.record({
  form: fc.constantFrom('plain', 'flow', 'url', 'list'),
  comment: fc.boolean(),
  above: fc.boolean(),
  blank: fc.boolean(),
})

const handwritten = ({ name, sources: written }: WrittenStream, { form, comment, above, blank }: Style): string => {
  const key = `  ${JSON.stringify(name)}:`
  const tail = comment ? `  # about ${name.length}` : ''
  const quoted = written.map(source => JSON.stringify(source))
  const lines = [...(blank ? [''] : []), ...(above ? [`  # above ${name.length}`] : [])]
  if (written.length === 0) lines.push(`${key}${tail}`)
  else if (form === 'plain' && written.length === 1) lines.push(`${key} ${quoted[0]}${tail}`)
  else if (form === 'flow') lines.push(`${key} [${quoted.join(', ')}]${tail}`)
  else if (form === 'url') lines.push(`${key} {url: [${quoted.join(', ')}]}${tail}`)
  else lines.push(`${key}${tail}`, ...quoted.map(source => `    -   ${source}${tail}`))
  return lines.join('\n')
}

const file = fc
  .record({
    streams,
    styles: fc.array(style, { minLength: 6, maxLength: 6 }),
    before: fc.constantFrom('', '# top\n', 'api:\n  listen: ":1984"   # port\n\n', 'x: &x {a: b}\ny: *x\n'),
    after: fc.constantFrom(
      '',
      '\n# end\n',
      'rtsp: {listen: ""}\nlog:\n    level:   trace',
      'ffmpeg:\n  bin: >-\n    a\n    b\n',
    ),
    crlf: fc.boolean(),
  })
  .map(({ streams: written, styles, before, after, crlf }) => {
    const section = written.map((one, index) => `${handwritten(one, styles[index]!)}\n`).join('')
    const [top, body, end] = [before, `streams:\n${section}`, after].map(text =>
      crlf ? text.replaceAll('\n', '\r\n') : text,
    )
    return { text: `${top}${body}${end}`, top: top!, end: end!, streams: written }
  })

const steps = fc.array(
  fc.record({ kind: fc.constantFrom('add', 'remove', 'rename', 'set', 'both'), pick: fc.nat(), stream }),
  { minLength: 1, maxLength: 6 },
)

test('any edits give exactly the wanted streams and keep every byte around the section', () => {
  fc.assert(
    fc.property(file, steps, ({ text, top, end, streams: start }, orders) => {
      let now = text
      let wanted: readonly WrittenStream[] = start
      for (const order of orders) {
        const edit = editFor(order, wanted)
        if (edit === undefined) continue
        now = editStreams(now, [edit])
        wanted = applied(edit, wanted)
        expect(sorted(readYamlStreams(now).streams)).toEqual(sorted(wanted))
        expect(now.startsWith(top)).toBe(true)
        expect(now.endsWith(end)).toBe(true)
      }
    }),
    { numRuns: 400 },
  )
})

test('what is not edited keeps its lines', () => {
  fc.assert(
    fc.property(file, steps, ({ text, streams: start }, orders) => {
      const edited = orders.map(order => editFor(order, start)).find(edit => edit !== undefined)
      if (edited === undefined) return
      const own = start.find(({ name }) => name === edited.from)
      // A line of another stream is one that does not hold a word of the edited one.
      const words = [edited.from, ...(own?.sources ?? [])].map(word => JSON.stringify(word))
      const foreign = text.split('\n').filter(line => /\S/.test(line) && !words.some(word => line.includes(word)))
      const after = editStreams(text, [edited])
        .split('\n')
        .map(line => line.trimEnd())
      for (const line of foreign) if (!line.includes('# about')) expect(after).toContain(line.trimEnd())
    }),
    { numRuns: 400 },
  )
})

test('all edits at once give the same streams as one after another', () => {
  fc.assert(
    fc.property(file, steps, ({ text, streams: start }, orders) => {
      const edits: StreamEdit[] = []
      let wanted: readonly WrittenStream[] = start
      for (const order of orders) {
        const untouched = wanted.filter(({ name }) => !edits.some(edit => edit.from === name || edit.to?.name === name))
        const edit = editFor(order, untouched, wanted)
        if (edit === undefined) continue
        edits.push(edit)
        wanted = applied(edit, wanted)
      }
      expect(sorted(readYamlStreams(editStreams(text, edits)).streams)).toEqual(sorted(wanted))
    }),
    { numRuns: 400 },
  )
})

const queries = fc.constantFrom('', 'video', 'video&audio', 'audio=&video=h264', 'null', '0123', '#', 'a: b', "it's")
const preloads = fc.uniqueArray(fc.record({ name: names, query: queries }), {
  selector: ({ name }) => name,
  maxLength: 6,
})

const preloadFile = fc
  .record({
    preloads,
    form: fc.constantFrom('plain', 'flow', 'absent'),
    comment: fc.boolean(),
    before: fc.constantFrom('', '# top\n', 'streams:\n  a: &x x:1 # one\n  "b": [*x, y]\n\n', 'x: &x {a: b}\ny: *x\n'),
    after: fc.constantFrom('', '\n# end\n', 'rtsp: {listen: ""}\nlog:\n    level:   trace'),
    crlf: fc.boolean(),
  })
  .map(({ preloads: chosen, form, comment, before, after, crlf }) => {
    const written = form === 'absent' ? [] : chosen
    const lines = written.map(({ name, query }) => [
      JSON.stringify(name),
      query === '' ? '' : ` ${JSON.stringify(query)}`,
    ])
    const tail = comment ? ' # why' : ''
    const inFlow = `{${lines.map(([name, query]) => `${name}:${query || ' null'}`).join(', ')}}`
    const plain = lines.map(([name, query]) => `  ${name}:${query}${tail}\n`).join('')
    const section = { absent: '', flow: `preload: ${inFlow}${tail}\n`, plain: `preload:${tail}\n${plain}` }[form]
    const [top, body, end] = [before, section, after].map(text => (crlf ? text.replaceAll('\n', '\r\n') : text))
    return { text: `${top}${body}${end}`, top: top!, end: form === 'absent' ? '' : end!, preloads: written }
  })

const preloadSteps = fc.array(
  fc.record({
    kind: fc.constantFrom('add', 'remove', 'rename', 'set'),
    pick: fc.nat(),
    fresh: fc.record({ name: names, query: queries }),
  }),
  { minLength: 1, maxLength: 6 },
)

test('any edits of preloads give exactly the wanted ones, and keep the streams and every byte around', () => {
  fc.assert(
    fc.property(preloadFile, preloadSteps, ({ text, top, end, preloads: start }, orders) => {
      let now = text
      let wanted: readonly WrittenPreload[] = start
      for (const order of orders) {
        const edit = preloadEditFor(order, wanted)
        if (edit === undefined) continue
        now = editPreloads(now, [edit])
        const { from, to } = edit
        wanted = [...wanted.filter(({ name }) => name !== from), ...(to === undefined ? [] : [to])]
        expect(sorted(readYamlStreams(now).preloads)).toEqual(sorted(wanted))
        expect(readYamlStreams(now).streams).toEqual(readYamlStreams(text).streams)
        expect(now.startsWith(top)).toBe(true)
        expect(now.endsWith(end)).toBe(true)
      }
    }),
    { numRuns: 400 },
  )
})

interface PreloadOrder {
  readonly kind: string
  readonly pick: number
  readonly fresh: WrittenPreload
}

const preloadEditFor = (
  { kind, pick, fresh }: PreloadOrder,
  choice: readonly WrittenPreload[],
): PreloadEdit | undefined => {
  const isFree = !choice.some(({ name }) => name === fresh.name)
  if (kind === 'add') return isFree ? { to: fresh } : undefined
  const chosen = choice[pick % Math.max(choice.length, 1)]
  if (chosen === undefined) return undefined
  if (kind === 'remove') return { from: chosen.name }
  if (kind === 'set') return { from: chosen.name, to: { name: chosen.name, query: fresh.query } }
  return isFree ? { from: chosen.name, to: { name: fresh.name, query: chosen.query } } : undefined
}

interface Order {
  readonly kind: string
  readonly pick: number
  readonly stream: WrittenStream
}

const editFor = (
  { kind, pick, stream: fresh }: Order,
  choice: readonly WrittenStream[],
  taken = choice,
): StreamEdit | undefined => {
  const isFree = !taken.some(({ name }) => name === fresh.name)
  if (kind === 'add') return isFree ? { to: fresh } : undefined
  const chosen = choice[pick % Math.max(choice.length, 1)]
  if (chosen === undefined) return undefined
  if (kind === 'remove') return { from: chosen.name }
  if (kind === 'set') return { from: chosen.name, to: { name: chosen.name, sources: fresh.sources } }
  if (!isFree) return undefined
  return { from: chosen.name, to: { name: fresh.name, sources: kind === 'both' ? fresh.sources : chosen.sources } }
}

const applied = ({ from, to }: StreamEdit, streams: readonly WrittenStream[]): readonly WrittenStream[] =>
  from === undefined
    ? [...streams, to!]
    : streams.flatMap(one => (one.name !== from ? [one] : to === undefined ? [] : [to]))

const sorted = <Named extends { readonly name: string }>(list: readonly Named[]): readonly Named[] =>
  list.toSorted((left, right) => (left.name < right.name ? -1 : 1))
