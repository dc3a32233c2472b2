import { type SourceUrl, splitSource } from '../../streams/source-url.ts'

/** `ffmpeg:INPUT#key=value#key` taken apart. */
export interface FfmpegSource {
  /** Everything after `ffmpeg:`, as written. */
  readonly text: string
  /** The text before the first `#`: an address, a stream's name, `device?…`, `virtual?…`, `tts?…`, or a file. */
  readonly input: string
  readonly params: readonly (readonly [key: string, value: string])[]
  readonly videos: readonly string[]
  readonly audios: readonly string[]
}

/** Reads the part after `ffmpeg:`. */
export const parseFfmpegSource = (text: string): FfmpegSource => {
  const { url: input, options: params } = splitSource(text as SourceUrl)
  const all = (key: string): readonly string[] => paramsOf(params, key)
  return { text, input, params, videos: all('video'), audios: all('audio') }
}

/** All values of a parameter, in their order. */
export const paramsOf = (params: FfmpegSource['params'], key: string): readonly string[] =>
  params.flatMap(([name, value]) => (name === key ? [value] : []))

/** The first value of a parameter; `undefined` when it is not there at all. */
export const paramOf = (params: FfmpegSource['params'], key: string): string | undefined => paramsOf(params, key)[0]
