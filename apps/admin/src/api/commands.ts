import {
  type ChangeResult,
  type ImportResult,
  ImportYaml,
  type ProbeResult,
  ProbeSource,
  RemoveStream,
  RenameStream,
  RevertTo,
  SetPreload,
  SetStream,
  Undo,
} from './documents.ts'
import { live } from './live.svelte.ts'
import { request } from './request.ts'

/** Tell what a command would do, without doing it. */
export interface CommandOptions {
  readonly dryRun?: boolean
}

/** How a stream is set. */
export interface SetOptions extends CommandOptions {
  /** Position of the stream that the person looked at, 0 for none: refused when it has changed since. */
  readonly basedOn?: number
}

/** Adds a stream, or changes the sources of the one that has this name. */
export const setStream = async (
  name: string,
  sources: readonly string[],
  { dryRun = false, basedOn }: SetOptions = {},
): Promise<ChangeResult> => {
  const basis = basedOn === undefined ? {} : { basedOn }
  return seen((await request(SetStream, { name, sources: [...sources], dryRun, ...basis })).setStream)
}

/** Gives a stream another name; it keeps its history. */
export const renameStream = async (name: string, to: string): Promise<ChangeResult> =>
  seen((await request(RenameStream, { name, to })).renameStream)

/** Takes a stream away; its viewers end. */
export const removeStream = async (name: string, { dryRun = false }: CommandOptions = {}): Promise<ChangeResult> =>
  seen((await request(RemoveStream, { name, dryRun })).removeStream)

/** Keeps a stream running without viewers, with what the query asks for, or lets it go. */
export const setPreload = async (name: string, query: string | null): Promise<ChangeResult> =>
  seen((await request(SetPreload, { name, query })).setPreload)

/** Takes one change set back. */
export const undo = async (correlationId: string): Promise<ChangeResult> =>
  seen((await request(Undo, { correlationId })).undo)

/** Brings the whole configuration back to what it was at a revision. */
export const revertTo = async (position: number, { dryRun = false }: CommandOptions = {}): Promise<ChangeResult> =>
  seen((await request(RevertTo, { position, dryRun })).revertTo)

/** Dials a source without keeping it; aborting stops waiting. */
export const probeSource = async (url: string, signal: AbortSignal): Promise<ProbeResult> =>
  (await request(ProbeSource, { url }, signal)).probeSource

/** Brings in the streams of a go2rtc.yaml. */
export async function importYaml(text: string, { dryRun = false }: CommandOptions = {}): Promise<ImportResult> {
  const { importYaml: result } = await request(ImportYaml, { text, dryRun })
  await seen(result.change)
  return result
}

/** The same, once the page shows it: whoever did something sees it done. */
async function seen(change: ChangeResult): Promise<ChangeResult> {
  if (change.correlationId !== null) await live.reached(change.position)
  return change
}
