import type { ControlPlane } from '../commands/control-plane.ts'
import type { Log } from '../logging/server-log.ts'
import type { Cause, Live } from './live.ts'

/** A listener as it was bound; `address` is empty when it is off or could not be. */
export interface ListenerInfo {
  readonly name: string
  readonly address: string
  readonly problem?: Cause
}

/** What GraphQL works with, the same for every request. */
export interface GraphQLServices {
  readonly controlPlane: ControlPlane
  readonly live: Live
  readonly log: Log
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly listeners: () => readonly ListenerInfo[]
  /** Aborts when the server ends: subscriptions complete. */
  readonly closing: AbortSignal
}

/** One request: the services, and who asks. */
export interface GraphQLContext extends GraphQLServices {
  /** `admin` for our own pages, `graphql` for programs; with the user's name after a colon where there is one. */
  readonly actor: string
}
