import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Bytes a linked file may have. */
const FILE_BYTES_MAX = 4 * 1024 * 1024

/** What became of reading a file. */
export type FileReading =
  | { readonly kind: 'missing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly message: string }

/** A linked file's text; never throws. */
export const readLinkedFile = (path: string): FileReading => {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const stats = fstatSync(descriptor)
      if (!stats.isFile()) return { kind: 'unreadable', message: 'it is not a file' }
      if (stats.size > FILE_BYTES_MAX)
        return { kind: 'unreadable', message: `it is larger than ${FILE_BYTES_MAX / 1024 / 1024} MB` }
      // A byte order mark is kept: what is written back has the same bytes.
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      return { kind: 'text', text: decoder.decode(readFileSync(descriptor)) }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' }
    if (error instanceof TypeError) return { kind: 'unreadable', message: 'it is not UTF-8 text' }
    return { kind: 'unreadable', message: messageOf(error) }
  }
}

/**
 * Replaces a linked file's text at once: whoever reads it sees the old text or the new one, and after
 * a power loss one of them is there. A symbolic link stays one; mode and owner are kept, a new file is
 * 0600. Throws the error of the system.
 */
export const writeLinkedFile = (path: string, text: string): void => {
  const file = realPath(path)
  const before = statSync(file, { throwIfNoEntry: false })
  try {
    replaceFile(file, text, before)
  } catch (error) {
    // A file that is a mount of its own, as in a container, cannot be replaced, only written.
    if (before === undefined || !['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error
    overwriteFile(file, text)
  }
}

const replaceFile = (file: string, text: string, before: Stats | undefined): void => {
  const folder = dirname(file)
  const temporary = join(folder, `.${basename(file)}.sightline.tmp`)
  rmSync(temporary, { force: true })
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    try {
      writeFileSync(descriptor, text)
      if (before !== undefined) keepOwner(descriptor, before)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(folder)
}

const keepOwner = (descriptor: number, { mode, uid, gid }: Stats): void => {
  fchmodSync(descriptor, mode & 0o7777)
  const now = fstatSync(descriptor)
  if (now.uid !== uid || now.gid !== gid) fchownSync(descriptor, uid, gid)
}

const overwriteFile = (file: string, text: string): void => {
  const descriptor = openSync(file, 'r+')
  try {
    ftruncateSync(descriptor)
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const syncFolder = (folder: string): void => {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** What a path leads to in the end; itself when nothing is there yet. */
export const realPath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
