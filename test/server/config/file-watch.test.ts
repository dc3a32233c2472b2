import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FileWatch } from '#server/config/file-watch.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

/** Counts what it is told of one file. */
const watching = (file: string) => {
  let count = 0
  const watch = new FileWatch(file, () => void count++)
  const told = (times: number): Promise<void> => until(`${times} changes of ${file}`, () => count >= times)
  return { watch, told, count: () => count }
}

test('tells of a file that is written, replaced and made anew', async () => {
  using folder = new TemporaryFolder()
  const { watch, told } = watching(folder.write('x.yaml', 'a'))
  using _ = watch
  folder.write('x.yaml', 'b')
  await told(1)
  folder.write('y.yaml', 'c')
  renameSync(folder.at('y.yaml'), folder.at('x.yaml'))
  await told(2)
  renameSync(folder.at('x.yaml'), folder.at('x.yaml~'))
  folder.write('x.yaml', 'd')
  await told(3)
})

test('tells of what a symbolic link leads to', async () => {
  using folder = new TemporaryFolder()
  using elsewhere = new TemporaryFolder()
  symlinkSync(elsewhere.write('real.yaml', 'a'), folder.at('x.yaml'))
  const { watch, told } = watching(folder.at('x.yaml'))
  using _ = watch
  elsewhere.write('real.yaml', 'b')
  await told(1)
})

test('a burst of changes is told once', async () => {
  using folder = new TemporaryFolder()
  const { watch, told, count } = watching(folder.write('x.yaml', 'a'))
  using _ = watch
  for (let turn = 0; turn < 20; turn++) writeFileSync(folder.at('x.yaml'), `${turn}`)
  await told(1)
  expect(count()).toBe(1)
})

test('tells nothing of other files, and nothing after its end', async () => {
  using folder = new TemporaryFolder()
  const { watch, count } = watching(folder.write('x.yaml', 'a'))
  const other = watching(folder.write('y.yaml', 'a'))
  using _ = other.watch
  folder.write('y.yaml', 'b')
  await other.told(1)
  watch[Symbol.dispose]()
  folder.write('x.yaml', 'b')
  folder.write('y.yaml', 'c')
  await other.told(2)
  expect(count()).toBe(0)
})

test('a folder that is not there yet is looked at from time to time', async () => {
  using folder = new TemporaryFolder()
  const { watch, told } = watching(folder.at('later/x.yaml'))
  using _ = watch
  mkdirSync(folder.at('later'))
  folder.write('later/x.yaml', 'a')
  await told(1)
})
