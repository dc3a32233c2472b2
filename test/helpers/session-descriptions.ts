import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../fixtures/sdp/', import.meta.url)

/** Recorded descriptions, by file name. */
export const sdpNames: readonly string[] = readdirSync(folder).filter(name => name.endsWith('.sdp'))

/** A recorded description, and the medias it offers: the lines of the `.txt` beside it. */
export const readSdp = (name: string): { readonly text: string; readonly medias: readonly string[] } => ({
  text: readFileSync(new URL(name, folder), 'utf8'),
  medias: readFileSync(new URL(name.replace(/\.sdp$/, '.txt'), folder), 'utf8')
    .trim()
    .split('\n'),
})
