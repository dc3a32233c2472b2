import { describeError, type Engine, parseSourceUrl, type SourceUrl } from '#media'
import type { ConfigChange, ControlPlane, StreamRecord } from '../commands/control-plane.ts'
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

/**
 * Makes the engine match what was decided. Safe to repeat: a change seen twice changes nothing. It goes by what
 * streams are after the change, not by its events: another value of a variable is no event and changes sources too.
 */
export const engineReactor =
  (options: EngineReactorOptions) =>
  ({ streams, removed }: ConfigChange): void => {
    for (const id of removed) options.engine.removeStream(id)
    for (const record of streams) setStream(options, record)
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
