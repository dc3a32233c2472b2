/** What a child said on stderr: how it began and how it ended. */
export interface StderrText {
  /** The first 512 bytes: where a program says why it cannot begin. */
  readonly head: string
  /** The last 64 KiB. */
  readonly tail: string
}

/** What a child's whole process group takes. */
export interface ChildUsage {
  /** Seconds of processor time since it began, children that have ended included. */
  readonly cpuSeconds: number
  /** Bytes of memory that are resident; what several processes share counts for each. */
  readonly memoryBytes: number
  readonly processCount: number
}

/** A program to be run, as the spawner is told. */
export interface RunRequest {
  readonly type: 'run'
  readonly id: number
  readonly program: string
  readonly parameters: readonly string[]
  /** Added to the server's own. */
  readonly environment: Readonly<Record<string, string>>
  /** What the pipe says first that becomes its stdin; absent: it reads nothing. */
  readonly stdin?: string
  /** The same of its stdout; absent: what it writes is lost. */
  readonly stdout?: string
  readonly killSignal: number
  readonly killTimeoutMs: number
  /** Tell what it says on stderr while it runs. */
  readonly tellStderr: boolean
}

/** What the spawner answers. */
export type SpawnerQuestion = { readonly type: 'stderr'; readonly id: number } | { readonly type: 'usage' }

/** What the spawner is told. Plain data: it travels between processes. */
export type SpawnerRequest =
  | RunRequest
  | { readonly type: 'end'; readonly id: number }
  | (SpawnerQuestion & { readonly question: number })

/** What the spawner tells. */
export type SpawnerNotice =
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'failed'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'stderr'; readonly id: number; readonly text: string; readonly droppedBytes: number }
  | {
      readonly type: 'exited'
      readonly id: number
      readonly code: number | null
      readonly signal: string | null
      readonly stderr: StderrText
    }
  | { readonly type: 'said'; readonly question: number; readonly stderr: StderrText }
  | { readonly type: 'used'; readonly question: number; readonly usage: readonly (ChildUsage & { id: number })[] }
