import { expect, test } from 'vitest'
import { lockFolder } from '#server/database/folder-lock.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

test('a folder has one owner at a time', () => {
  using folder = new TemporaryFolder()
  const first = lockFolder(folder.path)
  expect(() => lockFolder(folder.path)).toThrow(
    expect.objectContaining({ code: 'folder_in_use', message: expect.stringContaining(folder.path) }),
  )
  first[Symbol.dispose]()
  lockFolder(folder.path)[Symbol.dispose]()
})

test('a folder that is not there is made', () => {
  using folder = new TemporaryFolder()
  lockFolder(folder.at('a/b'))[Symbol.dispose]()
  expect([...folder.contents().keys()]).toEqual(['a/b/in-use.lock'])
})

test('a folder that cannot be made is told', () => {
  using folder = new TemporaryFolder()
  folder.write('file', '')
  expect(() => lockFolder(folder.at('file/below'))).toThrow(expect.objectContaining({ code: 'storage' }))
})
