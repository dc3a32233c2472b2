import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import fastify from 'fastify'

// A program: the files of a folder by the same HTTP server as ours, and nothing else. `segment.ts` is all there is to
// see; a playlist names it by another number as often as it is long. Argument: the folder.

const [folder = ''] = process.argv.slice(2)
const SEGMENT_MS = 2000
const LISTED = 6

let sequence = 0
const write = (): void => {
  const segments = Array.from({ length: LISTED }, (_, index) => `#EXTINF:2.000,\nsegment.ts?n=${sequence + index}\n`)
  const head = `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${sequence++}\n`
  writeFileSync(join(folder, 'playlist.m3u8'), head + segments.join(''))
}
write()
writeFileSync(join(folder, 'stream.m3u8'), '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=4000000\nplaylist.m3u8')
setInterval(write, SEGMENT_MS)

const server = fastify()
server.register(fastifyStatic, { root: folder })
const address = await server.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`READY ${new URL(address).port}\n`)
