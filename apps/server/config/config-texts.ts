import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { ConfigText } from './settings.ts'

/** Bytes a configuration file may have: ten thousand streams fit. */
const FILE_BYTES_MAX = 4 * 1024 * 1024

/** One `-c` of the command line. */
export type ConfigArgument =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly text: string }

/** What the command line's configurations say, in their order. */
export interface ConfigTexts {
  /** Absolute path of the first file, whether it is there or not. */
  readonly linkedFile: string | undefined
  readonly texts: readonly ConfigText[]
}

/** Reads the files among the configurations; one that cannot be read is skipped, as go2rtc does. */
export const readConfigTexts = (configs: readonly ConfigArgument[], workingFolder: string): ConfigTexts => {
  const given = configs.length > 0 ? configs : implied(workingFolder)
  const absolute = given.map(config =>
    config.kind === 'file' && !isAbsolute(config.path) ? { ...config, path: join(workingFolder, config.path) } : config,
  )
  const texts = absolute.flatMap((config): readonly ConfigText[] => {
    if (config.kind === 'inline') return [{ name: 'the command line', text: config.text, isFile: false }]
    const text = readText(config.path)
    return text === undefined ? [] : [{ name: config.path, text, isFile: true }]
  })
  return { linkedFile: absolute.find(config => config.kind === 'file')?.path, texts }
}

/** Where the databases are kept, unless the command line says so: beside the linked file. */
export const defaultDataFolder = (linkedFile: string | undefined, workingFolder: string): string =>
  join(linkedFile === undefined ? workingFolder : dirname(linkedFile), 'data')

const implied = (workingFolder: string): readonly ConfigArgument[] => {
  const path = join(workingFolder, 'go2rtc.yaml')
  return readText(path) === undefined ? [] : [{ kind: 'file', path }]
}

const readText = (path: string): string | undefined => {
  try {
    return statSync(path).size > FILE_BYTES_MAX ? undefined : readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
