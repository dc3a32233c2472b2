import { type Engine, SourceNotSupportedError, schemeOf } from '#media'
import { RestError, sentences } from './go2rtc-errors.ts'

/** Schemes of go2rtc that run programs; the engine knows its own. */
const insecureSchemes: ReadonlySet<string> = new Set(['exec', 'echo', 'expr'])

/**
 * Checks sources that came by HTTP, in go2rtc's order and words. `within` names the stream they will be part of:
 * Home Assistant adds `ffmpeg:` sources that read their own stream. Throws `RestError`.
 */
export const checkSources = (
  engine: Pick<Engine, 'checkSource'>,
  sources: readonly string[],
  within?: string,
): void => {
  for (const source of sources) {
    if (insecureSchemes.has(schemeOf(source) ?? '')) throw new RestError(400, sentences.sourceInsecure)
    try {
      engine.checkSource(source, 'request', within)
    } catch (error) {
      if (!(error instanceof SourceNotSupportedError)) throw error
      const told = error.code === 'malformed_source' && schemeOf(source) !== undefined
      throw new RestError(400, told ? error.message : error.go2rtcMessage)
    }
    if (/\s/.test(source)) throw new RestError(400, sentences.sourceWithSpaces)
  }
}
