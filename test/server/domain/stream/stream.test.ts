import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold } from '#server/domain/decider.ts'
import { stream } from '#server/domain/stream/stream.ts'
import type { StreamCommand } from '#server/domain/stream/stream-commands.ts'
import type { StreamEvent } from '#server/domain/stream/stream-events.ts'
import { given } from '#test/helpers/given.ts'

const added: StreamEvent = { type: 'StreamAdded', data: { name: 'porch', sources: ['rtsp://a'] } }
const removed: StreamEvent = { type: 'StreamRemoved', data: {} }
const renamed: StreamEvent = { type: 'StreamRenamed', data: { from: 'porch', to: 'door' } }

describe('adding', () => {
  test('a stream that was never there is added', () => {
    given(stream, [])
      .when({ type: 'AddStream', name: 'porch', sources: ['rtsp://a'] })
      .then([added])
  })

  test('a removed stream can be added again, so that its history goes on', () => {
    given(stream, [added, removed])
      .when({ type: 'AddStream', name: 'porch', sources: ['rtsp://a'] })
      .then([added])
  })

  test('a stream that is there is not added', () => {
    given(stream, [added]).when({ type: 'AddStream', name: 'door', sources: [] }).thenRefused('name_taken')
  })
})

describe('changing sources', () => {
  test('setting the same sources changes nothing', () => {
    given(stream, [added])
      .when({ type: 'ChangeSources', sources: ['rtsp://a'] })
      .then([])
  })

  test('another order of sources is a change', () => {
    const two: StreamEvent = { type: 'StreamSourcesChanged', data: { sources: ['a:1', 'b:2'] } }
    given(stream, [added, two])
      .when({ type: 'ChangeSources', sources: ['b:2', 'a:1'] })
      .then([{ type: 'StreamSourcesChanged', data: { sources: ['b:2', 'a:1'] } }])
  })

  test('a stream that is not there has no sources', () => {
    given(stream, []).when({ type: 'ChangeSources', sources: [] }).thenRefused('stream_not_found')
    given(stream, [added, removed]).when({ type: 'ChangeSources', sources: [] }).thenRefused('stream_not_found')
  })
})

describe('renaming', () => {
  test('the event tells the old name and the new one', () => {
    given(stream, [added]).when({ type: 'RenameStream', to: 'door' }).then([renamed])
  })

  test('the name it has already is no change', () => {
    given(stream, [added, renamed]).when({ type: 'RenameStream', to: 'door' }).then([])
  })

  test('a removed stream has no name to change', () => {
    given(stream, [added, removed]).when({ type: 'RenameStream', to: 'door' }).thenRefused('stream_not_found')
  })
})

describe('removing', () => {
  test('a stream that is there is removed', () => {
    given(stream, [added]).when({ type: 'RemoveStream' }).then([removed])
  })

  test('removing twice changes nothing', () => {
    given(stream, [added, removed]).when({ type: 'RemoveStream' }).then([])
  })

  test('what was removed is remembered', () => {
    expect(fold(stream, [added, renamed, removed])).toEqual({ status: 'removed', name: 'door', sources: ['rtsp://a'] })
  })
})

describe('preloading', () => {
  const preloaded: StreamEvent = { type: 'StreamPreloaded', data: { query: 'video' } }
  const ended: StreamEvent = { type: 'StreamPreloadEnded', data: {} }

  test('a stream runs without viewers, with what is asked for', () => {
    given(stream, [added]).when({ type: 'SetPreload', query: 'video' }).then([preloaded])
  })

  test('asking for nothing is asking too: for video and audio', () => {
    given(stream, [added])
      .when({ type: 'SetPreload', query: '' })
      .then([{ type: 'StreamPreloaded', data: { query: '' } }])
  })

  test('asking for the same changes nothing, asking for something else does', () => {
    given(stream, [added, preloaded]).when({ type: 'SetPreload', query: 'video' }).then([])
    given(stream, [added, preloaded])
      .when({ type: 'SetPreload', query: '' })
      .then([{ type: 'StreamPreloaded', data: { query: '' } }])
  })

  test('it is let go once', () => {
    given(stream, [added, preloaded]).when({ type: 'SetPreload', query: null }).then([ended])
    given(stream, [added, preloaded, ended]).when({ type: 'SetPreload', query: null }).then([])
    given(stream, [added]).when({ type: 'SetPreload', query: null }).then([])
  })

  test('a new name and other sources keep it running', () => {
    const sources: StreamEvent = { type: 'StreamSourcesChanged', data: { sources: [] } }
    given(stream, [added, preloaded, renamed, sources]).when({ type: 'SetPreload', query: 'video' }).then([])
  })

  test('removing ends it: a stream that comes back comes without', () => {
    given(stream, [added, preloaded, removed, added]).when({ type: 'SetPreload', query: null }).then([])
  })

  test('a stream that is not there cannot be kept running', () => {
    given(stream, []).when({ type: 'SetPreload', query: '' }).thenRefused('stream_not_found')
    given(stream, [added, removed]).when({ type: 'SetPreload', query: null }).thenRefused('stream_not_found')
  })
})

const commands: fc.Arbitrary<StreamCommand> = fc.oneof(
  fc.record({ type: fc.constant('AddStream' as const), name: fc.string(), sources: fc.array(fc.string()) }),
  fc.record({ type: fc.constant('RenameStream' as const), to: fc.constantFrom('a', 'b') }),
  fc.record({ type: fc.constant('ChangeSources' as const), sources: fc.array(fc.constantFrom('x', 'y')) }),
  fc.record({ type: fc.constant('SetPreload' as const), query: fc.constantFrom(null, '', 'video') }),
  fc.record({ type: fc.constant('RemoveStream' as const) }),
)

test('whatever was ordered, ordering the same again changes nothing', () => {
  const again = (history: readonly StreamEvent[], command: StreamCommand): readonly StreamEvent[] => {
    try {
      return stream.decide(command, fold(stream, history))
    } catch {
      return []
    }
  }
  fc.assert(
    fc.property(fc.array(commands), orders => {
      let history: readonly StreamEvent[] = []
      for (const order of orders) {
        history = [...history, ...again(history, order)]
        expect(again(history, order)).toEqual([])
      }
    }),
  )
})
