// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in a go2rtc.yaml look like this.
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { importTexts } from '#server/commands/import-texts.ts'
import { OpenedControlPlane } from '#test/helpers/opened-control-plane.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

let opened: OpenedControlPlane
let lines: string[]

beforeEach(async () => {
  const folder = new TemporaryFolder()
  opened = await OpenedControlPlane.open(folder)
  lines = []
  onTestFinished(async () => {
    await opened[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })
})

const importing = (...texts: readonly string[]): Promise<void> =>
  importTexts(
    texts.map((text, index) => ({ name: `file ${index}`, text, isFile: true })),
    { controlPlane: opened.plane, log: (level, { file }, message) => lines.push(`${level} ${file}: ${message}`) },
  )

const preloads = () => [...opened.plane.streams.values()].map(({ name, preload }) => [name, preload])

test('streams come with their preloads, of a later text too, and coming again changes nothing', async () => {
  const texts = ['streams: {a: x:1}\npreload: {a: "", b: video, c: ""}', 'streams: {b: y:2}', 'api: {listen: ""}']
  await importing(...texts)
  expect(opened.streams).toEqual({ a: ['x:1'], b: ['y:2'] })
  expect(preloads()).toEqual([
    ['a', ''],
    ['b', 'video'],
  ])
  expect(lines).toEqual(['warn file 0: c: there is no such stream to preload: skipped'])
  const { position } = opened.plane
  await importing(...texts)
  expect(opened.plane.position).toBe(position)
})

test('of two preloads of one stream the later text wins', async () => {
  await importing('streams: {a: x:1}\npreload: {a: video}', 'preload: {a: audio}')
  expect(preloads()).toEqual([['a', 'audio']])
})

test('what is refused is told with its file, and the others come', async () => {
  await importing('streams: {a: x:1, b: y:2}\npreload: {a: "${HOME}", b: ""}')
  expect(lines).toEqual(['error file 0: the variable ${HOME} is not known: define it under env: in go2rtc.yaml'])
  expect(preloads()).toEqual([
    ['a', undefined],
    ['b', ''],
  ])
})
