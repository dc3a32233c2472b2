import { get } from 'node:http'
import WebSocket from 'ws'
import { nowMs } from './measure.ts'

/** Whether what has come so far holds a picture that can be decoded. */
type Complete = (bytes: Buffer) => boolean

/** Milliseconds from a request to the first picture in its answer, as far as `complete` can tell. Leaves then. */
export const firstPictureByHttp = (url: string, complete: Complete): Promise<number> =>
  new Promise((resolve, reject) => {
    const startedAt = nowMs()
    const chunks: Buffer[] = []
    const request = get(url, { agent: false }, response => {
      if (response.statusCode !== 200) reject(new Error(`${response.statusCode} ${url}`))
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (!complete(Buffer.concat(chunks))) return
        resolve(nowMs() - startedAt)
        request.destroy()
      })
      response.on('end', () => reject(new Error(`no picture: ${url}`)))
    })
    request.on('error', reject)
  })

/** Fragmented MP4: the first fragment's data is there. */
export const holdsFragment: Complete = bytes => {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const sizeBytes = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'mdat') return at + sizeBytes <= bytes.length
    at += sizeBytes
  }
  return false
}

/** MPEG-TS: a second PES packet of the first stream begins, so the first picture is whole. */
export const holdsTransportPicture: Complete = bytes => {
  let count = 0
  for (let at = 0; at + 188 <= bytes.length; at += 188)
    if ((bytes.readUInt16BE(at + 1) & 0x1fff) === 0x100 && (bytes[at + 1]! & 0x40) !== 0) count += 1
  return count > 1
}

/** Multipart or a single image: a JPEG has ended. */
export const holdsJpeg: Complete = bytes => bytes.includes(Buffer.of(0xff, 0xd9))

/** Milliseconds from asking for the first playlist to the first segment with the picture it begins with. */
export const firstPictureByHls = async (url: string, complete: Complete): Promise<number> => {
  const startedAt = nowMs()
  const named = async (from: string): Promise<string> => {
    const text = await (await fetch(from)).text()
    const line = text.split('\n').find(one => one !== '' && !one.startsWith('#'))
    if (line === undefined) throw new Error(`nothing is named by ${from}: ${text}`)
    return new URL(line, from).href
  }
  const segment = await named(await named(url))
  await firstPictureByHttp(segment, complete)
  return nowMs() - startedAt
}

/** A viewer of MSE that has had its first picture. */
export interface MseViewer {
  readonly elapsedMs: number
  readonly socket: WebSocket
}

/** Opens `/api/ws` and asks for MSE; the time until the first fragment. */
export const watchByMse = (port: number): Promise<MseViewer> =>
  new Promise((resolve, reject) => {
    const startedAt = nowMs()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/ws?src=cam`)
    let binaryCount = 0
    socket.once('error', reject)
    socket.once('open', () =>
      socket.send(JSON.stringify({ type: 'mse', value: 'avc1.640029,avc1.64002A,avc1.640033' })),
    )
    socket.on('message', (data, isBinary) => {
      if (isBinary) binaryCount++
      else if (String(data).includes('"error"')) reject(new Error(String(data)))
      if (binaryCount === 2) resolve({ elapsedMs: nowMs() - startedAt, socket })
    })
  })
