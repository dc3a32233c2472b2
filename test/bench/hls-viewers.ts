import { Agent, get } from 'node:http'
import { createInterface } from 'node:readline'
import { pass } from './measure.ts'

// A program: so many players of HLS, who fetch what playlists name and look at nothing. Arguments: the first
// playlist's address, how many, and `parts` for those that wait for parts. Says READY when all have begun.

const [first = '', count = '1', mode = ''] = process.argv.slice(2)
/** Milliseconds between two looks at a playlist that has not changed. */
const RELOAD_MS = 1000

const agent = new Agent({ keepAlive: true })
const bytesOf: number[] = []
let begun = 0

/** Fetches something, and counts what comes of it for a viewer. */
const fetched = (url: string, viewer: number, keep: boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, response => {
      const kept: Buffer[] = []
      response.on('data', (chunk: Buffer) => {
        bytesOf[viewer] = (bytesOf[viewer] ?? 0) + chunk.length
        if (keep) kept.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(kept).toString())
        else reject(new Error(`${response.statusCode} ${url}`))
      })
    }).on('error', reject)
  })

const mediaLines = (text: string): readonly string[] => text.split('\n').filter(line => line !== '' && line[0] !== '#')

/** A player of whole segments: those that it has not had, and the playlist again. */
const playSegments = async (url: string, viewer: number): Promise<void> => {
  let next = -1
  for (;;) {
    const text = await fetched(url, viewer, true)
    const from = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1])
    const uris = mediaLines(text)
    const newest = from + uris.length
    for (let number = next === -1 ? newest - 1 : Math.max(next, from); number < newest; number++)
      await fetched(new URL(uris[number - from]!, url).href, viewer, false)
    if (next === -1) start()
    if (next === newest) await pass(RELOAD_MS)
    next = newest
  }
}

/** A player of parts: asks for the playlist that will name the next one, and fetches what is new in it. */
const playParts = async (url: string, viewer: number): Promise<void> => {
  const hint = /PRELOAD-HINT:TYPE=PART,URI="[^"]*&n=(\d+)&part=(\d+)"/
  let text = await fetched(url, viewer, true)
  while (!hint.test(text)) text = await fetched(url, viewer, true)
  start()
  let next = hint.exec(text)!
  for (;;) {
    const [, number, part] = next
    text = await fetched(`${url}&_HLS_msn=${number}&_HLS_part=${part}`, viewer, true)
    const parts = [...text.matchAll(/#EXT-X-PART:[^\n]*URI="([^"]*&n=(\d+)&part=(\d+))"/g)]
    const isNew = (one: RegExpExecArray): boolean =>
      Number(one[2]) > Number(number) || (one[2] === number && Number(one[3]) >= Number(part))
    await Promise.all(parts.filter(isNew).map(([, uri = '']) => fetched(new URL(uri, url).href, viewer, false)))
    next = hint.exec(text) ?? next
  }
}

const start = (): void => {
  begun += 1
  if (begun === Number(count)) process.stdout.write('READY\n')
}

const play = async (viewer: number): Promise<void> => {
  bytesOf[viewer] = 0
  const [playlist = ''] = mediaLines(await fetched(first, viewer, true))
  const url = new URL(playlist, first).href
  await (mode === 'parts' ? playParts(url, viewer) : playSegments(url, viewer))
}

for (let viewer = 0; viewer < Number(count); viewer++)
  play(viewer).catch((error: unknown) => process.stderr.write(`${String(error)}\n`))

createInterface({ input: process.stdin }).on('line', () => {
  const sum = bytesOf.reduce((all, bytes) => all + bytes, 0)
  process.stdout.write(`BYTES ${sum} LEAST ${Math.min(...bytesOf)}\n`)
})
