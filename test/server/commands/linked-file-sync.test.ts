// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in a go2rtc.yaml look like this.
import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { LinkedFileStatus } from '#server/commands/control-plane.ts'
import { LinkedFileSync } from '#server/commands/linked-file-sync.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'
import { until } from '#test/helpers/until.ts'

/** A configuration and its file, with what the file had to tell. */
class Linked {
  readonly opened = new OpenedConfiguration()
  readonly events: string[] = []
  readonly statuses: LinkedFileStatus[] = []
  readonly log: string[] = []
  readonly path = this.opened.folder.at('go2rtc.yaml')
  environment: ReadonlyMap<string, string> = new Map()
  sync = this.#link()

  #link(): LinkedFileSync {
    return new LinkedFileSync(this.path, this.opened.configuration, {
      onDecision: ({ events }) =>
        void this.events.push(...events.map(({ type, streamName }) => `${type} ${streamName}`)),
      onEnvironment: values => {
        this.environment = values
      },
      onStatus: status => void this.statuses.push(status),
      onLog: (level, _fields, message) => void this.log.push(`${level} ${message}`),
    })
  }

  /** Another start of the server on the same folder. */
  restart(): void {
    this.sync[Symbol.dispose]()
    this.sync = this.#link()
    this.sync.start(2)
  }

  write(text: string): void {
    this.opened.folder.write('go2rtc.yaml', text)
  }

  get text(): string {
    return this.opened.folder.read('go2rtc.yaml')
  }

  end(): void {
    this.sync[Symbol.dispose]()
    this.opened[Symbol.dispose]()
  }
}

let linked: Linked

beforeEach(() => {
  linked = new Linked()
  onTestFinished(() => linked.end())
})

describe('preloads', () => {
  const preload = (name: string, query: string | null) => {
    linked.opened.run({ type: 'SetPreload', name, query })
    linked.sync.writeBack(2)
  }

  test('are taken in, and the file stays as it is', () => {
    const text = '# mine\npreload: {a: video}   # all day\nstreams:\n  a: x:1\n'
    linked.write(text)
    linked.sync.start(1)
    expect(linked.events).toEqual(['StreamAdded a', 'StreamPreloaded a'])
    expect([linked.text, linked.log]).toEqual([text, []])
    linked.restart()
    expect(linked.events.length).toBe(2)
  })

  test('are written, changed and taken out again, one line each', () => {
    linked.write('streams:\n  a: x:1 # front\n')
    linked.sync.start(1)
    preload('a', '')
    expect(linked.text).toBe('streams:\n  a: x:1 # front\npreload:\n  a: ""\n')
    preload('a', 'audio=&video=h264')
    expect(linked.text).toBe('streams:\n  a: x:1 # front\npreload:\n  a: audio=&video=h264\n')
    preload('a', null)
    expect(linked.text).toBe('streams:\n  a: x:1 # front\npreload:\n')
    expect(linked.events).toEqual(['StreamAdded a'])
  })

  test('go by the name of their stream, and with it', () => {
    linked.write('streams:\n  a: x:1\npreload:\n  a: video # night\n')
    linked.sync.start(1)
    linked.opened.run({ type: 'RenameStream', name: 'a', to: 'b' })
    linked.sync.writeBack(2)
    expect(linked.text).toBe('streams:\n  b: x:1\npreload:\n  b: video # night\n')
    linked.opened.run({ type: 'RemoveStream', name: 'b' })
    linked.sync.writeBack(3)
    expect(linked.text).toBe('streams:\npreload:\n')
  })

  test('of a stream that is nowhere stay, are told, and count when it comes', () => {
    const text = 'preload:\n  later: video # soon\nstreams:\n  a: x:1\n'
    linked.write(text)
    linked.sync.start(1)
    expect(linked.log).toEqual(['warn later: there is no such stream to preload: skipped'])
    expect(linked.text).toBe(text)
    linked.opened.set('later', 'y:2')
    linked.sync.writeBack(2)
    expect(linked.events).toEqual(['StreamAdded a', 'StreamPreloaded later'])
    expect(linked.text).toBe(`${text}  later: y:2\n`)
    preload('later', null)
    expect(linked.text).toBe('preload:\nstreams:\n  a: x:1\n  later: y:2\n')
  })

  test('that were not there when the file was last read by an older version are taken in', () => {
    linked.write('streams:\n  a: x:1\npreload:\n  a:\n')
    linked.sync.start(1)
    linked.opened.run({ type: 'SetPreload', name: 'a', query: null })
    linked.opened.configuration.database.$client.exec('UPDATE linked_streams SET preload = NULL')
    linked.events.length = 0
    linked.restart()
    expect(linked.events).toEqual(['StreamPreloaded a'])
  })

  test('that cannot be written are kept and told', () => {
    linked.write('streams:\n  a: x:1\npreload: [a]\n')
    linked.sync.start(1)
    linked.opened.run({ type: 'SetPreload', name: 'a', query: '' })
    expect(linked.sync.writeBack(2)).toContain('what stands under preload: is no list of names')
    expect(linked.text).toBe('streams:\n  a: x:1\npreload: [a]\n')
  })
})

describe('at the start', () => {
  test('the streams of the file are taken in and the file stays as it is', () => {
    const text = '# mine\nstreams:\n  a:   rtsp://u:hunter2@h  # x\nhomekit: {}\n'
    linked.write(text)
    linked.sync.start(1)
    expect(linked.events).toEqual(['StreamAdded a'])
    expect(linked.text).toBe(text)
    expect(linked.sync.status).toEqual({ state: 'in-step', path: linked.path })
    expect(linked.log).toEqual(['warn homekit: is not used yet'])
  })

  test('a file that is not there is made by the first change', () => {
    linked.sync.start(1)
    expect(linked.sync.status.state).toBe('in-step')
    expect(linked.opened.folder.contents().has('go2rtc.yaml')).toBe(false)
    linked.opened.set('a', 'rtsp://u:hunter2@h')
    expect(linked.sync.writeBack(2)).toBeUndefined()
    expect(linked.text).toBe('streams:\n  a: rtsp://u:hunter2@h\n')
    expect(statSync(linked.path).mode & 0o777).toBe(0o600)
  })

  test('what was decided and not written before the end is written', () => {
    linked.write('streams:\n  a: x:1\n  b: y:2\n')
    linked.sync.start(1)
    linked.opened.set('c', 'z:3')
    linked.opened.run({ type: 'RenameStream', name: 'a', to: 'front' })
    linked.opened.run({ type: 'RemoveStream', name: 'b' })
    linked.restart()
    expect(linked.text).toBe('streams:\n  front: x:1\n  c: z:3\n')
    expect(linked.events).toEqual(['StreamAdded a', 'StreamAdded b'])
  })

  test('what was written and not remembered before the end is no change', () => {
    linked.write('streams:\n  a: x:1\n')
    linked.sync.start(1)
    linked.opened.run({ type: 'RenameStream', name: 'a', to: 'b' })
    linked.opened.set('c', 'z:3')
    linked.write('streams:\n  b: x:1\n  c: z:3\n')
    linked.events.length = 0
    linked.restart()
    expect(linked.events).toEqual([])
    expect(Object.keys(linked.opened.streams)).toEqual(['b', 'c'])
  })

  test('what a person changed while the server was off is taken in', () => {
    linked.write('streams:\n  a: x:1\n  b: y:2\n')
    linked.sync.start(1)
    linked.write('streams:\n  a: x:9\n')
    linked.events.length = 0
    linked.restart()
    expect(linked.events).toEqual(['StreamRemoved b', 'StreamSourcesChanged a'])
  })

  test('a file that is gone is made again, its streams stay', () => {
    linked.write('streams:\n  a: x:1\n')
    linked.sync.start(1)
    rmSync(linked.path)
    linked.restart()
    expect(linked.text).toBe('streams:\n  a: x:1\n')
  })

  test('variables stay in the file and in the log', () => {
    linked.write('env: {PW: geheim}\nstreams:\n  a: rtsp://u:${PW}@h\n')
    linked.sync.start(1)
    expect([...linked.environment]).toEqual([['PW', 'geheim']])
    linked.opened.set('b', 'x:1')
    linked.sync.writeBack(2)
    expect(linked.text).toBe('env: {PW: geheim}\nstreams:\n  a: rtsp://u:${PW}@h\n  b: x:1\n')
  })
})

describe('a file that is not understood', () => {
  beforeEach(() => {
    linked.write('streams:\n  a: x:1\n')
    linked.sync.start(1)
    linked.write('streams:\n  a: x:1\n  a: y:2\n')
  })

  test('changes nothing, and says where it is wrong', () => {
    linked.sync.writeBack(2)
    expect(linked.sync.status).toMatchObject({ state: 'not-understood', line: 3, column: 3 })
    expect(linked.opened.streams).toEqual({ a: ['x:1'] })
    expect(linked.log.at(-1)).toContain('error the file is not understood')
  })

  test('is not written into; what is kept back is written when it is right again', () => {
    linked.opened.set('b', 'z:3')
    expect(linked.sync.writeBack(2)).toContain('is not understood: this key is there twice')
    expect(linked.text).toBe('streams:\n  a: x:1\n  a: y:2\n')
    linked.write('streams:\n  a: y:2\n')
    expect(linked.sync.writeBack(3)).toBeUndefined()
    expect(linked.text).toBe('streams:\n  a: y:2\n  b: z:3\n')
    expect(linked.sync.status.state).toBe('in-step')
  })

  test('may also be put back as it was', () => {
    linked.sync.writeBack(2)
    linked.write('streams:\n  a: x:1\n')
    linked.sync.writeBack(3)
    expect(linked.sync.status.state).toBe('in-step')
  })

  test('may be one that cannot even be read', () => {
    rmSync(linked.path)
    mkdirSync(linked.path)
    linked.sync.writeBack(2)
    expect(linked.sync.status).toMatchObject({ state: 'not-understood', message: 'it is not a file' })
  })
})

test('a file that cannot be written is told, and written with the next change', () => {
  linked.end()
  linked = new Linked()
  const folder = linked.opened.folder.at('config')
  const path = `${folder}/go2rtc.yaml`
  linked.sync = new LinkedFileSync(path, linked.opened.configuration, {
    ...{ onDecision: () => {}, onEnvironment: () => {}, onLog: () => {} },
    onStatus: status => void linked.statuses.push(status),
  })
  linked.opened.set('a', 'x:1')
  linked.sync.start(1)
  expect(linked.sync.status).toMatchObject({ state: 'not-written', path })
  linked.opened.set('b', 'y:2')
  expect(linked.sync.writeBack(2)).toContain(`could not be written into ${path}: ENOENT`)
  mkdirSync(folder)
  expect(linked.sync.writeBack(3)).toBeUndefined()
  expect(linked.opened.folder.read('config/go2rtc.yaml')).toBe('streams:\n  a: x:1\n  b: y:2\n')
  expect(linked.statuses.map(({ state }) => state)).toEqual(['not-written', 'in-step'])
})

describe('while it runs', () => {
  beforeEach(() => {
    linked.write('streams:\n  a: x:1\n')
    chmodSync(linked.path, 0o644)
    linked.sync.start(1)
  })

  test('a file that is saved is taken in', async () => {
    linked.write('streams:\n  a: x:2\n')
    await until('the new source', () => linked.events.includes('StreamSourcesChanged a'))
  })

  test('a file that is replaced is taken in, again and again', async () => {
    for (const turn of [2, 3]) {
      linked.opened.folder.write('new.yaml', `streams:\n  a: x:${turn}\n`)
      renameSync(linked.opened.folder.at('new.yaml'), linked.path)
      await until(`source ${turn}`, () => linked.opened.streams['a']?.[0] === `x:${turn}`)
    }
  })

  test('our own writing is no change of a person', async () => {
    linked.opened.set('b', 'y:2')
    linked.sync.writeBack(2)
    linked.write(`${linked.text}  c: z:3\n`)
    await until('the stream of the person', () => linked.events.includes('StreamAdded c'))
    expect(linked.events).toEqual(['StreamAdded a', 'StreamAdded c'])
    expect(statSync(linked.path).mode & 0o777).toBe(0o644)
  })

  test('a file that is taken away is left so until there is something to write', async () => {
    rmSync(linked.path)
    mkdirSync(linked.path)
    await until('the folder in its place to be seen', () => linked.sync.status.state === 'not-understood')
    rmSync(linked.path, { recursive: true })
    linked.write('streams:\n  a: x:1\n  b: y:2\n')
    await until('the file to be read', () => linked.events.includes('StreamAdded b'))
    expect(linked.events).toEqual(['StreamAdded a', 'StreamAdded b'])
  })

  test('an empty file is believed only when it stays so', async () => {
    linked.write('')
    expect(linked.sync.writeBack(2)).toBeUndefined()
    expect(linked.opened.streams).toEqual({ a: ['x:1'] })
    await until('the streams to go', () => linked.events.includes('StreamRemoved a'))
    expect(linked.text).toBe('')
  })

  test('a file that is empty for a moment removes nothing', async () => {
    linked.write('')
    linked.sync.writeBack(2)
    linked.write('streams:\n  a: x:1\n  b: y:2\n')
    await until('the file to be read', () => linked.events.includes('StreamAdded b'))
    expect(linked.events).toEqual(['StreamAdded a', 'StreamAdded b'])
  })
})
