// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in a go2rtc.yaml look like this.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '#server/database/open-database.ts'
import { OpenedControlPlane } from '#test/helpers/opened-control-plane.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = new TemporaryFolder()
  onTestFinished(() => folder[Symbol.dispose]())
})

test('what was put is got, also after a restart', async () => {
  {
    await using opened = await OpenedControlPlane.open(folder, { clock: () => 42 })
    const outcome = await opened.set('porch', 'rtsp://u:hunter2@h')
    expect(outcome).toMatchObject({ position: 1, events: [{ type: 'StreamAdded', streamName: 'porch', at: 42 }] })
    expect(opened.streams).toEqual({ porch: ['rtsp://u:hunter2@h'] })
  }
  await using opened = await OpenedControlPlane.open(folder)
  expect(opened.streams).toEqual({ porch: ['rtsp://u:hunter2@h'] })
  expect(opened.plane.position).toBe(1)
  expect(opened.plane.streams.get('porch')).toMatchObject({ shownSources: ['rtsp://u:***@h'], updatedAt: 42 })
})

test('every listener has heard of a change before its command is done', async () => {
  await using opened = await OpenedControlPlane.open(folder)
  const heard: number[] = []
  using first = opened.plane.onChange(() => {
    throw new Error('a broken listener')
  })
  const second = opened.plane.onChange(({ position }) => void heard.push(position))
  await opened.set('a', 'x:1')
  expect(heard).toEqual([1])
  expect(opened.log.some(line => line.includes('a broken listener'))).toBe(true)
  second[Symbol.dispose]()
  await opened.set('b', 'x:1')
  expect(heard).toEqual([1])
  first[Symbol.dispose]()
})

test('200 writers on one name make one order', async () => {
  await using opened = await OpenedControlPlane.open(folder)
  const outcomes = await Promise.all(Array.from({ length: 200 }, (_, index) => opened.set('a', `x:${index}`)))
  expect(new Set(outcomes.map(({ position }) => position)).size).toBe(200)
  expect(opened.changes.map(({ position }) => position)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
  const { events } = await opened.plane.events({ first: 500 })
  expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 200 }, (_, index) => 200 - index))
  expect(events[0]?.data).toEqual({ sources: opened.streams['a'] })
})

test('two streams that change names in one change set are both found', async () => {
  await using opened = await OpenedControlPlane.open(folder)
  await opened.set('a', 'x:1')
  await opened.set('b', 'y:2')
  for (const [name, to] of [
    ['a', 'c'],
    ['b', 'a'],
    ['c', 'b'],
  ] as const)
    await opened.plane.execute({ type: 'RenameStream', name, to }, { actor: 'rest' })
  expect(opened.streams).toEqual({ a: ['y:2'], b: ['x:1'] })
  await opened.plane.execute({ type: 'RevertTo', position: 2 }, { actor: 'rest' })
  expect(opened.streams).toEqual({ a: ['x:1'], b: ['y:2'] })
})

describe('refusals', () => {
  test('come with code and sentence', async () => {
    await using opened = await OpenedControlPlane.open(folder)
    await expect(opened.plane.execute({ type: 'RemoveStream', name: 'a' }, { actor: 'rest' })).rejects.toMatchObject({
      ...{ name: 'Refusal', code: 'stream_not_found', message: 'there is no stream a' },
    })
  })

  test('a source nobody could dial is refused; one that is there already is not asked about', async () => {
    const checkSource = (source: string): void => {
      if (source.startsWith('exec:')) throw new Error('exec: is for the file alone')
    }
    const configFile = folder.write('go2rtc.yaml', 'streams:\n  a: exec:x\n')
    await using opened = await OpenedControlPlane.open(folder, { checkSource, configFile })
    await opened.set('a', 'exec:x', 'x:1')
    expect(opened.streams).toEqual({ a: ['exec:x', 'x:1'] })
    await expect(opened.set('b', 'exec:x')).rejects.toMatchObject({
      code: 'source_invalid',
      message: 'exec: is for the file alone',
    })
    expect(await opened.plane.readYaml('streams: {a: exec:x, c: exec:y, d: [exec:z, "x:2"]}')).toEqual({
      streams: [
        { name: 'a', sources: ['exec:x'] },
        { name: 'd', sources: ['x:2'] },
      ],
      preloads: [],
      notes: [
        { message: 'c: left out: exec: is for the file alone' },
        { message: 'd: left out: exec: is for the file alone' },
      ],
    })
  })

  test('after the end there is nobody to ask', async () => {
    const opened = await OpenedControlPlane.open(folder)
    await opened[Symbol.asyncDispose]()
    await expect(opened.set('a')).rejects.toMatchObject({ code: 'storage' })
  })
})

describe('opening', () => {
  test('a folder that another server uses is refused with a sentence', async () => {
    await using _ = await OpenedControlPlane.open(folder)
    await expect(OpenedControlPlane.open(folder)).rejects.toMatchObject({
      ...{ name: 'CannotOpenError', code: 'folder_in_use', message: expect.stringContaining(folder.at('data')) },
    })
  })

  test('a database of a newer version is refused with a sentence', async () => {
    await (await OpenedControlPlane.open(folder))[Symbol.asyncDispose]()
    const { $client } = openDatabase(folder.at('data/config.db'))
    $client.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 9999999999999)")
    $client.close()
    await expect(OpenedControlPlane.open(folder)).rejects.toMatchObject({ code: 'database_newer' })
  })

  test('a log with an event from the future is refused, and told as what it is', async () => {
    await (await OpenedControlPlane.open(folder))[Symbol.asyncDispose]()
    const { $client } = openDatabase(folder.at('data/config.db'))
    $client.exec(
      "INSERT INTO events (stream_id, version, type, schema_version, data, actor, correlation_id, node_id, at) VALUES ('a', 1, 'StreamPainted', 1, '{}', 'a', 'c', 'n', 1); DELETE FROM projections",
    )
    $client.close()
    await expect(OpenedControlPlane.open(folder)).rejects.toMatchObject({
      message: expect.stringContaining('StreamPainted'),
    })
  })
})

describe('the linked file', () => {
  test('is taken in at the start and kept in step', async () => {
    const configFile = folder.write('go2rtc.yaml', 'streams:\n  a: x:1 # one\n')
    await using opened = await OpenedControlPlane.open(folder, { configFile })
    expect(opened.plane.linkedFile).toEqual({ state: 'in-step', path: configFile })
    await opened.set('b', 'y:2')
    expect(folder.read('go2rtc.yaml')).toBe('streams:\n  a: x:1 # one\n  b: y:2\n')
    folder.write('go2rtc.yaml', 'streams:\n  b: y:2\n  c: z:3\n')
    await opened.untilNames('b', 'c')
    const { events } = await opened.plane.events({ first: 1 })
    expect(events[0]?.actor).toBe('file')
  })

  test('says what is wrong with it', async () => {
    const configFile = folder.write('go2rtc.yaml', 'streams:\n  a: [\n')
    await using opened = await OpenedControlPlane.open(folder, { configFile })
    expect(opened.plane.linkedFile).toMatchObject({ state: 'not-understood', line: 3 })
    expect(await opened.set('b', 'y:2')).toMatchObject({
      position: 1,
      fileProblem: expect.stringContaining('not understood'),
    })
    folder.write('go2rtc.yaml', 'streams:\n  a: x:1\n')
    await opened.untilNames('a', 'b')
    await until('the file in step', () => opened.plane.linkedFile.state === 'in-step')
    expect(folder.read('go2rtc.yaml')).toBe('streams:\n  a: x:1\n  b: y:2\n')
  })

  test('gives variables their values, and others when it changes', async () => {
    const text = 'env: {PW: geheim1, OTHER: x}\nstreams:\n  a: rtsp://u:${PW}@h\n  b: x:1\n'
    const configFile = folder.write('go2rtc.yaml', text)
    await using opened = await OpenedControlPlane.open(folder, { configFile, environment: { OTHER: 'y' } })
    expect(opened.streams['a']).toEqual(['rtsp://u:geheim1@h'])
    folder.write('go2rtc.yaml', text.replace('geheim1', 'geheim2'))
    await until('the new value', () => opened.streams['a']?.[0] === 'rtsp://u:geheim2@h')
    expect(opened.changes).toMatchObject([{ events: [], streams: [{ name: 'a' }], position: 2 }])
    expect(opened.plane.redact('geheim1 geheim2')).toBe('*** ***')
  })
})

describe('secrets', () => {
  test('are redacted from the moment they are known, also after a restart', async () => {
    {
      await using opened = await OpenedControlPlane.open(folder)
      expect(opened.plane.redact('hunter2 in a log')).toBe('hunter2 in a log')
      await opened.set('a', 'rtsp://u:hunter2@h')
      expect(opened.plane.redact('hunter2 in a log')).toBe('*** in a log')
    }
    await using opened = await OpenedControlPlane.open(folder)
    expect(opened.plane.redact('hunter2 in a log')).toBe('*** in a log')
  })

  test('are in no answer but the streams, and in no file but the key and sealed', async () => {
    await using opened = await OpenedControlPlane.open(folder)
    const canary = 'c4n4ry-Pässw0rd'
    const { correlationId } = await opened.set(
      `rtsp://u:${canary}@h`,
      `rtsp://u:${canary}@h`,
      `ffmpeg:http://h/?token=${canary}#video=h264`,
    )
    await opened.plane.execute({ type: 'Undo', correlationId }, { actor: 'rest' })
    const refused = await opened.set('b', `http://h/\${NOBODY}?token=${canary}`).catch(String)
    const answers = [
      ...[opened.changes.map(({ events }) => events), opened.log, refused],
      ...[await opened.plane.events({ first: 9 }), await opened.plane.eventsAfter(0)],
      ...[await opened.plane.configAt(1), await opened.plane.diff(0, 1)],
    ]
    expect(JSON.stringify(answers)).not.toContain(canary)
    for (const [name, bytes] of folder.contents()) expect([name, bytes.includes(canary)]).toEqual([name, false])
  })
})

test('history is read beside the writer', async () => {
  await using opened = await OpenedControlPlane.open(folder)
  await opened.set('a', 'x:1')
  await opened.set('a', 'y:2')
  await opened.plane.execute({ type: 'RemoveStream', name: 'a' }, { actor: 'admin:ann' })
  expect((await opened.plane.events({ first: 2 })).hasMore).toBe(true)
  expect((await opened.plane.eventsAfter(2)).map(({ actor }) => actor)).toEqual(['admin:ann'])
  expect(await opened.plane.configAt(2)).toMatchObject([{ name: 'a', sources: ['y:2'] }])
  expect(await opened.plane.diff(1, 3)).toMatchObject([{ kind: 'removed' }])
  await expect(opened.plane.configAt(4)).rejects.toMatchObject({ code: 'position_unknown' })
})

test('a dry run changes nothing and tells nobody', async () => {
  await using opened = await OpenedControlPlane.open(folder)
  const command = { type: 'SetStream', name: 'a', sources: ['x:1'] } as const
  const outcome = await opened.plane.execute(command, { actor: 'rest', dryRun: true })
  expect(outcome).toMatchObject({ position: 0, events: [{ type: 'StreamAdded', position: 0 }] })
  expect([opened.streams, opened.changes, opened.plane.position]).toEqual([{}, [], 0])
})
