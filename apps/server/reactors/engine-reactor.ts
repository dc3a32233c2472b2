import { describeError, type Engine, parseSourceUrl, type SourceUrl } from '#media'
import type { ConfigChange, ControlPlane, RecordedEvent, StreamRecord } from '../commands/control-plane.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Log } from '../logging/server-log.ts'

/** What makes the engine match the configuration. */
export interface EngineReactorOptions {
  readonly controlPlane: Pick<ControlPlane, 'streams' | 'onChange'>
  readonly engine: Pick<Engine, 'setStream' | 'removeStream'>
  readonly log: Log
}

/** Sets every stream there is, then follows each change, until it is disposed. */
export const followConfiguration = (options: EngineReactorOptions): Disposable => {
  for (const record of options.controlPlane.streams.values()) setStream(options, record)
  return options.controlPlane.onChange(engineReactor(options))
}

/** Makes the engine match what was decided. Safe to repeat: a change seen twice changes nothing. */
export const engineReactor =
  (options: EngineReactorOptions) =>
  (change: ConfigChange): void => {
    const records = new Map(change.streams.map(record => [record.id, record]))
    for (const event of change.events) apply(options, event, records)
  }

const apply = (
  options: EngineReactorOptions,
  event: RecordedEvent,
  records: ReadonlyMap<string, StreamRecord>,
): void => {
  switch (event.type) {
    case 'StreamAdded':
    case 'StreamRenamed':
    case 'StreamSourcesChanged': {
      // Several events of one change may be about one stream: it becomes what it is after the last.
      const record = records.get(event.streamId)
      if (record !== undefined) setStream(options, record)
      break
    }
    case 'StreamRemoved':
      if (!records.has(event.streamId)) options.engine.removeStream(event.streamId)
      break
    default:
      unreachable(event.type)
  }
}

const setStream = ({ engine, log }: EngineReactorOptions, { id, name, sources }: StreamRecord): void => {
  const usable = sources.flatMap((source): readonly SourceUrl[] => {
    try {
      return [parseSourceUrl(source)]
    } catch (error) {
      log.warn({ stream: name, error: describeError(error).message }, 'source is left out')
      return []
    }
  })
  engine.setStream({ id, name, sources: usable })
}
