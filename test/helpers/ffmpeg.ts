import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'

/** What a program of ffmpeg said. */
export interface ProgramOutput {
  readonly output: string
  /** Warnings and errors, line by line. */
  readonly complaints: readonly string[]
}

const TIMEOUT_MS = 20_000

/** Runs `ffmpeg` or `ffprobe` to its end, with these bytes as its input. */
export const runProgram = async (
  program: 'ffmpeg' | 'ffprobe',
  parameters: readonly string[],
  input: Buffer = Buffer.alloc(0),
): Promise<ProgramOutput> => {
  const { bytes, complaints } = await run(program, parameters, input)
  return { output: bytes.toString(), complaints }
}

/** What ffmpeg makes of these bytes; throws what it complains of when it makes nothing. */
export const convert = async (parameters: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<Buffer> => {
  const { bytes, complaints } = await run('ffmpeg', [...parameters, 'pipe:1'], input)
  if (bytes.length === 0) throw new Error(complaints.join('\n'))
  return bytes
}

const run = async (
  program: 'ffmpeg' | 'ffprobe',
  parameters: readonly string[],
  input: Buffer,
): Promise<{ readonly bytes: Buffer; readonly complaints: readonly string[] }> => {
  const usual = program === 'ffmpeg' ? ['-hide_banner', '-nostats', '-v', 'warning'] : ['-v', 'warning']
  const child = spawn(program, [...usual, ...parameters], { timeout: TIMEOUT_MS })
  // It may have seen enough before the end.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [bytes, complaints] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, 'close')])
  return { bytes, complaints: complaints.split('\n').filter(line => line !== '') }
}

/** MD5 of each decoded picture or block of samples of one kind. */
export const decodedHashes = async (
  kind: 'video' | 'audio',
  input: Buffer | string,
): Promise<{ readonly hashes: readonly string[]; readonly complaints: readonly string[] }> => {
  const from = typeof input === 'string' ? input : 'pipe:0'
  const map = kind === 'video' ? ['-map', '0:v'] : ['-map', '0:a']
  const { output, complaints } = await runProgram(
    'ffmpeg',
    ['-i', from, ...map, '-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
    typeof input === 'string' ? undefined : input,
  )
  const lines = output.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return { hashes: lines.map(line => line.split(',').at(-1)!.trim()), complaints }
}
