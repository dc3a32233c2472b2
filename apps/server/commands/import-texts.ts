import type { ConfigText } from '../config/settings.ts'
import type { Command, ControlPlane, NamedPreload } from './control-plane.ts'
import type { ControlPlaneLog } from './control-plane-log.ts'
import { noStreamToPreload } from './take-in-preloads.ts'

/** Where texts are imported into. */
export interface ImportTextsOptions {
  readonly controlPlane: Pick<ControlPlane, 'readYaml' | 'execute' | 'streams'>
  readonly log: ControlPlaneLog
}

/**
 * Streams and preloads of texts that cannot be written back into: the command line's, and those of further files.
 * They come back with each start; sources that nothing here can open are left out, and told. Never rejects.
 */
export const importTexts = async (texts: readonly ConfigText[], options: ImportTextsOptions): Promise<void> => {
  const { controlPlane, log } = options
  const preloads = new Map<string, NamedPreload & { readonly file: string }>()
  // A text without the words has none, and to ask for them starts the reader thread and its memory.
  for (const { name: file, text } of texts.filter(one => /streams|preload/.test(one.text))) {
    const reading = await controlPlane.readYaml(text, { trusted: true })
    for (const { message } of reading.notes) log('warn', { file }, message)
    for (const preload of reading.preloads) preloads.set(preload.name, { ...preload, file })
    const { streams } = reading
    if (streams.length > 0) await execute({ type: 'ImportStreams', streams }, file, options)
  }
  // A text may preload a stream of a later one.
  for (const { file, ...preload } of preloads.values()) {
    if (controlPlane.streams.has(preload.name)) await execute({ type: 'SetPreload', ...preload }, file, options)
    else log('warn', { file }, noStreamToPreload(preload).message)
  }
}

const execute = async (command: Command, file: string, { controlPlane, log }: ImportTextsOptions): Promise<void> => {
  try {
    await controlPlane.execute(command, { actor: 'file' })
  } catch (problem) {
    log('error', { file }, problem instanceof Error ? problem.message : String(problem))
  }
}
