import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Folders upwards in which the project is looked for: sources and bundle lie two and three deep. */
const LEVELS_MAX = 6

/** The folder that holds `db/migrations`: found from the sources and from the bundle alike. Throws `TypeError`. */
export const findProjectFolder = (start: string): string => {
  let folder = start
  for (let level = 0; level < LEVELS_MAX; level++) {
    if (existsSync(join(folder, 'db', 'migrations'))) return folder
    folder = dirname(folder)
  }
  throw new TypeError(`${start} is not inside Sightline: there is no db/migrations above it`)
}

/** Files that the server reads and does not make. */
export interface ProjectPaths {
  readonly migrations: string
  /** The built admin; may not be there. */
  readonly admin: string
  /** The MP4 file that `demo:` plays. */
  readonly demoClip: string
}

/** Where they are. */
export const projectPaths = (start: string = import.meta.dirname): ProjectPaths => {
  const root = findProjectFolder(start)
  return {
    migrations: join(root, 'db', 'migrations'),
    admin: join(root, 'apps', 'admin', 'dist'),
    demoClip: join(root, 'src', 'media', 'protocols', 'demo', 'clip.mp4'),
  }
}
