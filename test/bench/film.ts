import { execFileSync } from 'node:child_process'
import { existsSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the benchmarks' camera sends: Mbit/s, on average, before RTP's headers. */
export const FILM_MBITS = 4

/** A 1080p H264 film of 10 s, 25 pictures a second, 2 s from keyframe to keyframe. Made once, by ffmpeg. */
export const film = (mbits = FILM_MBITS): string => {
  const file = join(tmpdir(), `sightline-bench-film-${mbits}.h264`)
  if (existsSync(file)) return file
  const made = `${file}.${process.pid}`
  const picture = 'testsrc2=size=1920x1080:rate=25:duration=10,noise=alls=12:allf=t'
  const bits = `${mbits}M`
  const rate = ['-b:v', bits, '-minrate', bits, '-maxrate', bits, '-bufsize', '500k']
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-threads', '1']
  const groups = ['-x264-params', 'nal-hrd=cbr:keyint=50:scenecut=0:sliced-threads=0']
  execFileSync(
    'ffmpeg',
    ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', picture, ...encoder, ...rate, ...groups, '-f', 'h264', made],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  renameSync(made, file)
  return file
}
