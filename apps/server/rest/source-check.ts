import { type Engine, SourceNotSupportedError, schemeOf } from '#media'
import { RestError, sentences } from './go2rtc-errors.ts'

/** They run programs of the caller's choice: only the configuration file may name them. */
const insecureSchemes: ReadonlySet<string> = new Set(['exec', 'echo', 'expr'])

/** Schemes that clients add beside the camera's own and that nothing here can open yet. */
const laterSchemes: ReadonlySet<string> = new Set(['ffmpeg'])

/** Whether a source may stand beside others although nothing here can open it yet. */
export const isForLater = (source: string): boolean => laterSchemes.has(schemeOf(source) ?? '')

/** Checks a source, or lets one pass that is for later. Throws `SourceNotSupportedError`. */
export const checkSource = (engine: Pick<Engine, 'checkSource'>, source: string): void => {
  if (!isForLater(source)) engine.checkSource(source)
}

/**
 * Checks sources that came by HTTP, in go2rtc's order and words. Home Assistant always adds `ffmpeg:` to a
 * camera: it passes beside a source that works, and is refused alone. Throws `RestError`.
 */
export const checkSources = (engine: Pick<Engine, 'checkSource'>, sources: readonly string[]): void => {
  for (const source of sources) {
    if (insecureSchemes.has(schemeOf(source) ?? '')) throw new RestError(400, sentences.sourceInsecure)
    try {
      checkSource(engine, source)
    } catch (error) {
      if (!(error instanceof SourceNotSupportedError)) throw error
      throw new RestError(
        400,
        error.code === 'malformed_source' && schemeOf(source) !== undefined ? error.message : error.go2rtcMessage,
      )
    }
    if (/\s/.test(source)) throw new RestError(400, sentences.sourceWithSpaces)
  }
  if (sources.length > 0 && sources.every(isForLater)) throw new RestError(400, sentences.sourceNotSupported)
}
