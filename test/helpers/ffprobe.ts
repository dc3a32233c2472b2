import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Milliseconds a look at a live stream may take: ffprobe reads some seconds of it. */
const PROBE_MS_MAX = 30_000

const run = promisify(execFile)

/** What ffprobe finds of one track. */
export interface ProbedTrack {
  readonly codec_type: string
  readonly codec_name: string
  readonly width?: number
  readonly height?: number
  readonly sample_rate?: string
  readonly channels?: number
}

/** Looks at a live stream as ffprobe does. `options` go before the address: `-rtsp_transport tcp`. Rejects with what it says. */
export const ffprobe = async (url: string, options: readonly string[] = []): Promise<readonly ProbedTrack[]> => {
  const shown = ['-show_entries', 'stream=codec_type,codec_name,width,height,sample_rate,channels', '-of', 'json']
  const { stdout } = await run('ffprobe', ['-v', 'error', ...options, ...shown, url], { timeout: PROBE_MS_MAX })
  return (JSON.parse(stdout) as { readonly streams: readonly ProbedTrack[] }).streams
}
