import type { DialingScheme } from '../../streams/scheme.ts'
import { parseHttpSource } from './http-source.ts'
import { openHttpSource } from './open-http-source.ts'

/** How the scheme is made. */
export interface HttpSchemeOptions {
  /** Names us to cameras; some answer nobody who does not say. */
  readonly userAgent: string
}

/** Anything that comes by HTTP: JPEG once or in a row, HLS, and whatever its first bytes tell. */
export const httpScheme = ({ userAgent }: HttpSchemeOptions): DialingScheme => ({
  kind: 'dial',
  names: ['http', 'https', 'httpx'],
  trustedOnly: false,
  check: source => void parseHttpSource(source),
  dial: async (source, context) => openHttpSource(parseHttpSource(source), context, userAgent),
})
