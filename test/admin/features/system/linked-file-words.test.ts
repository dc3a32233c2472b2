// @vitest-environment node
import { expect, test } from 'vitest'
import { linkedFileProblem } from '../../../../apps/admin/src/features/system/linked-file-words.ts'

const file = { path: '/config/go2rtc.yaml', message: null, line: null, column: null } as const

test('a file in step, or none, is no problem', () => {
  expect(linkedFileProblem({ ...file, state: 'IN_STEP' })).toBeUndefined()
  expect(linkedFileProblem({ ...file, path: null, state: 'NONE' })).toBeUndefined()
})

test('a file that is not understood is named with its place', () => {
  const problem = linkedFileProblem({
    ...file,
    state: 'NOT_UNDERSTOOD',
    message: 'a key stands twice',
    line: 12,
    column: 5,
  })
  expect(problem?.message).toBe('The file go2rtc.yaml could not be understood. Line 12, column 5. A key stands twice.')
})

test('a file that could not be written says that nothing is lost', () => {
  const problem = linkedFileProblem({ ...file, state: 'NOT_WRITTEN', message: 'permission denied' })
  expect(problem?.message).toBe(
    'Your changes are kept here, but could not be written into go2rtc.yaml. Permission denied.',
  )
  expect(problem?.remedy).toContain('/config/go2rtc.yaml')
})
