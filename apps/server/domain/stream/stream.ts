import type { Decider } from '../decider.ts'
import { DomainRefusal } from '../errors.ts'
import { unreachable } from '../unreachable.ts'
import type { StreamCommand } from './stream-commands.ts'
import type { StreamEvent } from './stream-events.ts'

/** What a stream is after its history. */
export type StreamState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'present'
      readonly name: string
      readonly sources: readonly string[]
      /** What is kept running without viewers; empty: video and audio. Absent: nothing. */
      readonly preload?: string
    }
  | { readonly status: 'removed'; readonly name: string; readonly sources: readonly string[] }

/** The rules of one stream: no change, no event. */
export const stream: Decider<StreamState, StreamCommand, StreamEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'AddStream':
        if (state.status === 'present')
          throw new DomainRefusal('name_taken', `the stream is already there, as ${state.name}`)
        return [{ type: 'StreamAdded', data: { name: command.name, sources: command.sources } }]
      case 'RenameStream': {
        const { name } = present(state)
        return name === command.to ? [] : [{ type: 'StreamRenamed', data: { from: name, to: command.to } }]
      }
      case 'ChangeSources': {
        const { sources } = present(state)
        if (sameSources(sources, command.sources)) return []
        return [{ type: 'StreamSourcesChanged', data: { sources: command.sources } }]
      }
      case 'SetPreload':
        return decidePreload(command.query, present(state))
      case 'RemoveStream':
        return state.status === 'present' ? [{ type: 'StreamRemoved', data: {} }] : []
      default:
        return unreachable(command)
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'StreamAdded':
        return { status: 'present', name: event.data.name, sources: event.data.sources }
      case 'StreamRenamed':
        return state.status === 'absent' ? state : { ...state, name: event.data.to }
      case 'StreamSourcesChanged':
        return state.status === 'absent' ? state : { ...state, sources: event.data.sources }
      case 'StreamPreloaded':
        return state.status === 'present' ? { ...state, preload: event.data.query } : state
      case 'StreamPreloadEnded':
        return state.status === 'present' ? { status: 'present', name: state.name, sources: state.sources } : state
      case 'StreamRemoved':
        return state.status === 'absent' ? state : { status: 'removed', name: state.name, sources: state.sources }
      default:
        return unreachable(event)
    }
  },
}

/** Whether two lists name the same sources in the same order. */
export const sameSources = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((source, index) => source === right[index])

type Present = Extract<StreamState, { status: 'present' }>

const decidePreload = (query: string | null, { preload }: Present): readonly StreamEvent[] => {
  if (query === null) return preload === undefined ? [] : [{ type: 'StreamPreloadEnded', data: {} }]
  return preload === query ? [] : [{ type: 'StreamPreloaded', data: { query } }]
}

const present = (state: StreamState): Present => {
  if (state.status === 'present') return state
  throw new DomainRefusal('stream_not_found', 'the stream is not there')
}
