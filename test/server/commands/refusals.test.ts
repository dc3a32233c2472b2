import { expect, test } from 'vitest'
import { Refusal } from '#server/commands/control-plane.ts'
import { refusalOf } from '#server/commands/refusals.ts'
import { DomainRefusal } from '#server/domain/errors.ts'
import { ConcurrencyError } from '#server/events/event-store.ts'
import { UnreadableEventError } from '#server/events/unreadable-event-error.ts'

const sqlite = (code: string): Error => Object.assign(new Error('disk I/O error'), { code })

const rows = [
  { name: 'a refusal', error: new Refusal('superseded', 'later'), code: 'superseded', message: 'later' },
  { name: 'a refusal of the domain', error: new DomainRefusal('too_many', 'many'), code: 'too_many', message: 'many' },
  {
    name: 'a conflict',
    error: new ConcurrencyError('a is at 2'),
    code: 'conflict',
    message: 'somebody else changed it meanwhile',
  },
  {
    name: 'a log that is newer',
    error: new UnreadableEventError('the log holds X'),
    code: 'storage',
    message: 'the log holds X',
  },
  {
    name: 'a full disk',
    error: sqlite('SQLITE_FULL'),
    code: 'storage',
    message: 'the disk is full: nothing was changed',
  },
  {
    name: 'a name used twice',
    error: sqlite('SQLITE_CONSTRAINT_UNIQUE'),
    code: 'name_taken',
    message: 'the name is used by another stream',
  },
  {
    name: 'a disk that fails',
    error: sqlite('SQLITE_IOERR'),
    code: 'storage',
    message: 'the database cannot be used: disk I/O error',
  },
]

test.for(rows)('$name has a code and a sentence', ({ error, code, message }) => {
  expect(refusalOf(error)).toEqual({ code, message })
})

test('a secret reference in a sentence is hidden', () => {
  const name = `rtsp://u:{secret:${'0'.repeat(32)}}@h`
  expect(refusalOf(new Refusal('name_taken', `${name} is taken`))?.message).toBe('rtsp://u:***@h is taken')
})

test('a mistake of ours is no refusal', () => {
  expect([new TypeError('x'), Object.assign(new Error('x'), { code: 'ENOENT' }), 'x'].map(refusalOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
