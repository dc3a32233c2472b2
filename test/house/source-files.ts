import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** The project's folder, with a slash at the end. */
export const root = new URL('../../', import.meta.url).pathname

/** Folders that hold what others made: packages, results of builds, recorded data. */
const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage', 'migrations'])

/** Files that a program writes and nobody edits. */
const GENERATED = /graphql-env\.d\.ts$/

/** Every file of ours below a folder, relative to the project's folder, sorted. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => !NOT_OURS.has(entry.name) && !GENERATED.test(entry.name))
    .filter(entry => !(entry.isDirectory() && entry.name.startsWith('.')))
    .flatMap(entry => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
    .sort()

/** Folders directly below a folder. */
export const foldersIn = (folder: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { withFileTypes: true })
        .filter(entry => entry.isDirectory() && !NOT_OURS.has(entry.name) && !entry.name.startsWith('.'))
        .map(({ name }) => name)
    : []

/** A file's text. */
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** All that is written in TypeScript, without the generated files. */
export const typeScriptFiles = (...folders: readonly string[]): string[] =>
  folders.flatMap(filesBelow).filter(path => path.endsWith('.ts'))

const parsed = new Map<string, ts.SourceFile>()

/** A file as a syntax tree. */
export const syntaxOf = (path: string): ts.SourceFile => {
  const known = parsed.get(path)
  if (known !== undefined) return known
  const tree = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.ESNext, true)
  parsed.set(path, tree)
  return tree
}

/** Visits a node and everything in it. */
export const walk = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node)
  ts.forEachChild(node, child => walk(child, visit))
}

/** `path:line` of a node. */
export const placeOf = (node: ts.Node): string => {
  const file = node.getSourceFile()
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
}
