import type { Engine, HlsSessions } from '#media'
import type { ControlPlane } from '../commands/control-plane.ts'
import type { LogRing } from '../logging/log-ring.ts'
import type { Log } from '../logging/server-log.ts'

/** What the endpoints work with. */
export interface RestContext {
  readonly controlPlane: ControlPlane
  readonly engine: Engine
  /** The players of HLS. */
  readonly hls: HlsSessions
  readonly log: Log
  /** What `GET /api/log` shows. */
  readonly ring: LogRing
  /** Absolute path of the linked file; there may be none. */
  readonly configPath: string | undefined
  /** As configured; an empty `listen` is no RTSP server. */
  readonly rtsp: { readonly listen: string; readonly defaultQuery: string }
  /** Ends the process with this exit code. */
  readonly exit: (code: number) => void
}
