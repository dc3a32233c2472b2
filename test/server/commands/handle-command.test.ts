// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in a go2rtc.yaml look like this.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Command } from '#server/commands/control-plane.ts'
import { refusalOf } from '#server/commands/refusals.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

let opened: OpenedConfiguration

beforeEach(() => {
  opened = new OpenedConfiguration({
    configured: new Map([['PW', 'geheim']]),
    system: { SYSTEM_TOKEN: 'not for clients' },
  })
  onTestFinished(() => opened[Symbol.dispose]())
})

const codeOf = (command: Command): string | undefined => {
  try {
    opened.run(command)
  } catch (error) {
    return refusalOf(error)?.code
  }
  return undefined
}

const types = (command: Command): readonly string[] => opened.run(command).events.map(({ type }) => type)
const set = (name: string, ...sources: readonly string[]): Command => ({ type: 'SetStream', name, sources })

describe('SetStream', () => {
  test('adds, changes, and does nothing when it is so already', () => {
    expect(types(set('a', 'x:1'))).toEqual(['StreamAdded'])
    expect(types(set('a', 'x:1', 'y:2'))).toEqual(['StreamSourcesChanged'])
    expect(types(set('a', 'x:1', 'y:2'))).toEqual([])
    expect(opened.streams).toEqual({ a: ['x:1', 'y:2'] })
  })

  test('two who edit the same stream: the second is told, and changes nothing', () => {
    const seen = opened.set('a', 'x:1').events.at(-1)!.position
    const edit = (source: string, basedOn: number): Command => ({
      type: 'SetStream',
      name: 'a',
      sources: [source],
      basedOn,
    })
    expect(types(edit('x:first', seen))).toEqual(['StreamSourcesChanged'])
    expect(codeOf(edit('x:second', seen))).toBe('conflict')
    expect(opened.streams).toEqual({ a: ['x:first'] })
    opened.run({ type: 'RemoveStream', name: 'a' })
    expect(codeOf(edit('x:second', seen))).toBe('conflict')
  })

  test('who adds a stream does not change another one of that name', () => {
    const add: Command = { type: 'SetStream', name: 'a', sources: ['x:1'], basedOn: 0 }
    expect(types(add)).toEqual(['StreamAdded'])
    expect(codeOf({ ...add, sources: ['x:2'] })).toBe('conflict')
    expect(opened.streams).toEqual({ a: ['x:1'] })
  })

  test('the same password again is no change', () => {
    opened.set('a', 'rtsp://u:hunter2@h')
    expect(types(set('a', 'rtsp://u:hunter2@h'))).toEqual([])
    expect(types(set('a', 'rtsp://u:hunter3@h'))).toEqual(['StreamSourcesChanged'])
  })

  test('adding after a removal is another stream', () => {
    opened.set('a', 'x:1')
    const before = opened.idOf('a')
    opened.run({ type: 'RemoveStream', name: 'a' })
    opened.set('a', 'x:1')
    expect(opened.idOf('a')).not.toBe(before)
  })

  test('what nobody could have is refused', () => {
    expect(codeOf(set('', 'x:1'))).toBe('name_invalid')
    expect(codeOf(set('a', ''))).toBe('source_invalid')
    expect(codeOf(set('a', ...Array(33).fill('x:1')))).toBe('too_many')
    expect(opened.streams).toEqual({})
  })

  test('names that are words of JavaScript are names', () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(types(set(name, 'x:1'))).toEqual(['StreamAdded'])
    expect(opened.idOf('__proto__')).toBeDefined()
  })

  test('a name with a password in it keeps it out of the log', () => {
    const decision = opened.set('rtsp://u:hunter2@h/1', 'rtsp://u:hunter2@h/1')
    expect(decision.events[0]).toMatchObject({ streamName: 'rtsp://u:***@h/1' })
    expect(types(set('rtsp://u:hunter2@h/1', 'rtsp://u:hunter2@h/1'))).toEqual([])
    expect(JSON.stringify([...opened.configuration.store.readAll()])).not.toContain('hunter2')
  })
})

describe('a preload', () => {
  const preload = (name: string, query: string | null): Command => ({ type: 'SetPreload', name, query })

  test('is set, changed and ended, and saying the same again changes nothing', () => {
    opened.set('a', 'x:1')
    expect(types(preload('a', ''))).toEqual(['StreamPreloaded'])
    expect(types(preload('a', ''))).toEqual([])
    expect(types(preload('a', 'video'))).toEqual(['StreamPreloaded'])
    expect(types(preload('a', null))).toEqual(['StreamPreloadEnded'])
    expect(types(preload('a', null))).toEqual([])
  })

  test('of a stream that is not there, of too many, or that none could be, is refused', () => {
    expect(codeOf(preload('a', ''))).toBe('stream_not_found')
    opened.set('a', 'x:1')
    expect(codeOf(preload('a', 'x'.repeat(2000)))).toBe('preload_invalid')
    const names = Array.from({ length: 1000 }, (_, index) => `s${index}`)
    const streams = names.map(name => ({ name, sources: [] }))
    opened.run({ type: 'ImportStreams', streams, preloads: names.map(name => ({ name, query: '' })) })
    expect(codeOf(preload('a', ''))).toBe('too_many')
    expect(types(preload('s0', 'video'))).toEqual(['StreamPreloaded'])
  })

  test("does not tell a variable of the server's own", () => {
    opened.set('a', 'x:1')
    expect(codeOf(preload('a', '${HOME}'))).toBe('preload_invalid')
  })

  test('comes with an import, or with it nothing comes', () => {
    const streams = [{ name: 'a', sources: ['x:1'] }]
    expect(codeOf({ type: 'ImportStreams', streams, preloads: [{ name: 'b', query: '' }] })).toBe('stream_not_found')
    expect(types({ type: 'ImportStreams', streams, preloads: [{ name: 'a', query: '' }] })).toEqual([
      'StreamAdded',
      'StreamPreloaded',
    ])
  })

  test('is what it was after going back to a revision', () => {
    opened.set('a', 'x:1')
    opened.run(preload('a', 'video'))
    opened.run(preload('a', null))
    expect(types({ type: 'RevertTo', position: 2 })).toEqual(['StreamPreloaded'])
    expect(types({ type: 'RevertTo', position: 1 })).toEqual(['StreamPreloadEnded'])
  })
})

describe('hidden passwords', () => {
  beforeEach(() => void opened.set('a', 'rtsp://u:hunter2@h/1', 'ffmpeg:a#video=h264'))

  test('a source as it is shown is the source that is there', () => {
    expect(types(set('a', 'rtsp://u:***@h/1', 'ffmpeg:a#video=h264'))).toEqual([])
  })

  test('the same address can be written with the hidden password', () => {
    opened.set('a', 'rtsp://u:***@h/2', 'ffmpeg:rtsp://u:***@h/1#audio=opus')
    expect(opened.streams['a']).toEqual(['rtsp://u:hunter2@h/2', 'ffmpeg:rtsp://u:hunter2@h/1#audio=opus'])
  })

  test.for([
    'rtsp://u:***@evil/1',
    'rtsp://u:***@h.evil/1',
    'rtsp://v:***@h/1',
    'http://u:***@h/1',
    'rtsp://u:***@h:81/1',
  ])('the password does not go to %s', source => {
    expect(codeOf(set('a', source))).toBe('source_invalid')
  })

  test('the password of one stream is not there for another', () => {
    expect(codeOf(set('b', 'rtsp://u:***@h/1'))).toBe('source_invalid')
  })

  test('a reference that somebody guessed is a text like any other', () => {
    const [, reference = ''] = /(\{secret:\w+\})/.exec(JSON.stringify([...opened.configuration.store.readAll()])) ?? []
    opened.set('b', `http://evil/${reference}`)
    expect(opened.streams['b']).toEqual([`http://evil/${reference}`])
  })
})

describe('variables', () => {
  test('a variable of the configuration stays as written', () => {
    opened.set('a', 'rtsp://u:${PW}@h')
    expect(opened.streams['a']).toEqual(['rtsp://u:${PW}@h'])
  })

  test('a source with its variable resolved is the source that is there', () => {
    opened.set('a', 'rtsp://u:${PW}@h')
    expect(types(set('a', 'rtsp://u:geheim@h'))).toEqual([])
  })

  test('a client cannot send a variable of the server anywhere', () => {
    expect(codeOf(set('a', 'http://evil/${SYSTEM_TOKEN}'))).toBe('source_invalid')
    expect(codeOf(set('a', 'http://evil/${SYSTEM_TOKEN:x}'))).toBe('source_invalid')
  })
})

describe('RenameStream', () => {
  test('keeps the identity and the sources', () => {
    opened.set('a', 'x:1')
    const before = opened.idOf('a')
    expect(types({ type: 'RenameStream', name: 'a', to: 'b' })).toEqual(['StreamRenamed'])
    expect(opened.idOf('b')).toBe(before)
    expect(opened.streams).toEqual({ b: ['x:1'] })
  })

  test('to the name it has is no change', () => {
    opened.set('a', 'x:1')
    expect(types({ type: 'RenameStream', name: 'a', to: 'a' })).toEqual([])
  })

  test('needs a stream, and a name that is free and possible', () => {
    opened.set('a', 'x:1')
    opened.set('b', 'x:1')
    expect(codeOf({ type: 'RenameStream', name: 'c', to: 'd' })).toBe('stream_not_found')
    expect(codeOf({ type: 'RenameStream', name: 'a', to: 'b' })).toBe('name_taken')
    expect(codeOf({ type: 'RenameStream', name: 'a', to: 'b\n' })).toBe('name_invalid')
  })
})

describe('RemoveStream', () => {
  test('removes what is there and refuses what is not', () => {
    opened.set('a', 'x:1')
    expect(types({ type: 'RemoveStream', name: 'a' })).toEqual(['StreamRemoved'])
    expect(codeOf({ type: 'RemoveStream', name: 'a' })).toBe('stream_not_found')
  })
})

describe('ImportStreams', () => {
  test('is one change set; streams not named stay', () => {
    opened.set('a', 'x:1')
    const streams = [
      { name: 'a', sources: ['y:2'] },
      { name: 'b', sources: [] },
    ]
    const { events } = opened.run({ type: 'ImportStreams', streams })
    expect(new Set(events.map(event => event.correlationId)).size).toBe(1)
    expect(opened.streams).toEqual({ a: ['y:2'], b: [] })
    opened.set('c')
    expect(Object.keys(opened.streams)).toEqual(['a', 'b', 'c'])
  })

  test('is all of it or nothing', () => {
    const streams = [
      { name: 'a', sources: ['rtsp://u:hunter2@h'] },
      { name: 'a\n', sources: [] },
    ]
    expect(codeOf({ type: 'ImportStreams', streams })).toBe('name_invalid')
    expect(codeOf({ type: 'ImportStreams', streams: [streams[0]!, streams[0]!] })).toBe('name_taken')
    expect(opened.streams).toEqual({})
    expect(opened.configuration.store.position).toBe(0)
    expect(opened.configuration.vault.values).toEqual([])
  })

  test('more streams than a server can have are refused', () => {
    const streams = Array.from({ length: 10_001 }, (_, index) => ({ name: `s${index}`, sources: [] }))
    expect(codeOf({ type: 'ImportStreams', streams })).toBe('too_many')
    opened.run({ type: 'ImportStreams', streams: streams.slice(0, 10_000) })
    expect(codeOf(set('one more'))).toBe('too_many')
  })
})

test('a dry run tells what would be, and changes nothing', () => {
  const { events, secrets } = opened.run(set('a', 'rtsp://u:hunter2@h'), { dryRun: true })
  expect(events).toMatchObject([{ type: 'StreamAdded', position: 0, streamName: 'a' }])
  expect(secrets).toEqual([])
  expect(opened.streams).toEqual({})
  expect(opened.configuration.store.position).toBe(0)
  expect(types(set('a', 'rtsp://u:hunter2@h'))).toEqual(['StreamAdded'])
})
