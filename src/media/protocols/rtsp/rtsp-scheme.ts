import type { DialingScheme } from '../../streams/scheme.ts'
import { CameraMemories } from './camera-memory.ts'
import { dialRtsp } from './rtsp-setup.ts'
import { parseRtspSource } from './rtsp-source.ts'

/** How the scheme is made. */
export interface RtspSchemeOptions {
  /** Names us to cameras; some answer nobody who does not say. */
  readonly userAgent: string
}

/** Cameras that speak RTSP (RFC 2326): plainly, over TLS or in a WebSocket, with their media inside or over UDP. */
export const rtspScheme = ({ userAgent }: RtspSchemeOptions): DialingScheme => {
  const memories = new CameraMemories()
  return {
    kind: 'dial',
    names: ['rtsp', 'rtsps', 'rtspx'],
    trustedOnly: false,
    check: source => void parseRtspSource(source),
    dial: async (source, context) => dialRtsp(parseRtspSource(source), context, userAgent, memories.of(source)),
  }
}
