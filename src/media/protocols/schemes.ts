import type { Scheme } from '../streams/scheme.ts'
import { demoScheme } from './demo/demo-scheme.ts'
import { rtspScheme } from './rtsp/rtsp-scheme.ts'

/** What schemes need to know of the engine. */
export interface SchemeOptions {
  readonly userAgent: string
  readonly demoClip: string | undefined
}

/** Every scheme, one line each. Nothing registers itself by being imported. */
export const schemes = (options: SchemeOptions): readonly Scheme[] => [
  rtspScheme({ userAgent: options.userAgent }),
  demoScheme({ clip: options.demoClip }),
]
