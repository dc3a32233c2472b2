import { readFileSync } from 'node:fs'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { type HttpAnswerer, HttpCamera } from '#test/helpers/http-camera.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

/** A fixture cut into segments of a second by ffmpeg: `/index.m3u8` and what it names, by path. */
export const hlsFiles = async (fixture: string): Promise<ReadonlyMap<string, Buffer>> => {
  using folder = new TemporaryFolder()
  const { complaints } = await runProgram('ffmpeg', [
    ...['-i', fixturePath(fixture), '-c', 'copy', '-f', 'hls', '-hls_time', '1', '-hls_list_size', '0'],
    ...['-hls_segment_filename', folder.at('%d.mpegts'), folder.at('index.m3u8')],
  ])
  const files = new Map([...folder.contents()].map(([name, bytes]) => [`/${name}`, bytes]))
  if (!files.has('/index.m3u8')) throw new Error(`no HLS: ${complaints.join('\n')}`)
  return files
}

/** A camera that has these files, and answers other paths as told. */
export const serveHls = (
  files: ReadonlyMap<string, Buffer>,
  more: Readonly<Record<string, HttpAnswerer>> = {},
): Promise<HttpCamera> =>
  HttpCamera.start({
    ...Object.fromEntries([...files].map(([path, bytes]) => [path, answer(path, bytes)])),
    ...more,
  })

const answer =
  (path: string, bytes: Buffer): HttpAnswerer =>
  (_request, response) =>
    response
      .writeHead(200, { 'Content-Type': path.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp2t' })
      .end(bytes)

/** The bytes of a fixture. */
export const fixtureBytes = (name: string): Buffer => readFileSync(fixturePath(name))
