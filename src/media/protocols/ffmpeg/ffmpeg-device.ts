/** What is attached to this machine, in ffmpeg's order: an index in a source is a place in here. */
export interface AttachedDevices {
  readonly videos: readonly string[]
  readonly audios: readonly string[]
}

/** go2rtc's names of sizes; its 8K is six lines short of the usual one. */
const sizes: Readonly<Record<string, string>> = {
  '720': '1280x720',
  '1080': '1920x1080',
  '2K': '2560x1440',
  '4K': '3840x2160',
  '8K': '7680x4230',
}

const v4l2Options = ['video_size', 'pixel_format', 'input_format', 'framerate', 'use_libv4l2']
const alsaOptions = ['channels', 'sample_rate']
const avfoundationOptions = ['video_size', 'pixel_format', 'framerate']
const testPictureOptions = ['color', 'rate', 'duration', 'sar', 'decimals', 'size']

/** `-f v4l2 … -i /dev/video0`, from the query of `device?…`; empty when it names no device. */
export const deviceInput = (query: string, devices: AttachedDevices, platform: NodeJS.Platform): string => {
  const params = new URLSearchParams(query)
  const video = byIndex(devices.videos, params.get('video') ?? '')
  const audio = byIndex(devices.audios, params.get('audio') ?? '')
  if (platform === 'darwin') {
    if (video === '' && audio === '') return ''
    return `-f avfoundation${optionsOf(params, avfoundationOptions)} -i "${video}${audio === '' ? '' : `:${audio}`}"`
  }
  if (video !== '') return `-f v4l2${optionsOf(params, v4l2Options)} -i ${video}`
  if (audio !== '') return `-f alsa${optionsOf(params, alsaOptions)} -i ${audio}`
  return ''
}

/** In the order in which the query has them; go2rtc's order is random. */
const optionsOf = (params: URLSearchParams, known: readonly string[]): string => {
  const names = [...new Set(params.keys())].map(key => [key, key === 'resolution' ? 'video_size' : key] as const)
  const wanted = names.filter(([, option]) => known.includes(option))
  return wanted.map(([key, option]) => ` -${option} ${params.get(key)}`).join('')
}

const byIndex = (names: readonly string[], text: string): string =>
  /^\d+$/.test(text) ? (names[Number(text)] ?? text) : text

/** `-re -f lavfi -i testsrc=decimals=2:size=1920x1080`, from the query of `virtual?…`. */
export const virtualInput = (query: string): string => {
  const params = new URLSearchParams(query)
  if (!params.has('size')) params.append('size', '1920x1080')
  return params.getAll('video').reduce((input, video) => `${input} -f lavfi -i ${testPicture(video, params)}`, '-re')
}

const testPicture = (video: string, params: URLSearchParams): string => {
  const options = [...new Set(params.keys())].flatMap(key => {
    if (!testPictureOptions.includes(key)) return []
    const value = params.get(key) ?? ''
    return [`${key}=${key === 'size' ? (sizes[value] ?? value) : value}`]
  })
  const picture = video === '' ? ['testsrc=decimals=2', ...options].join(':') : `${video}=${options.join(':')}`
  const format = params.get('format') ?? ''
  return format === '' ? picture : `${picture},format=${format}`
}

/**
 * `-re -f lavfi -i "flite=text='…'"`, from the query of `tts?…`. Unlike go2rtc's, the text may hold
 * colons and quotes, which would end it and begin other options of the filter; and a voice works.
 */
export const speechInput = (query: string): string => {
  const params = new URLSearchParams(query)
  const voice = params.get('voice') ?? ''
  const text = speakable(params.get('text') ?? '')
  return `-re -f lavfi -i "flite=text='${text}'${voice === '' ? '' : `:voice=${voice}`}"`
}

/** What stands in single quotes in a filter is taken apart once more, at colons and backslashes. */
const speakable = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}"#]/gu, ' ')
    .replaceAll("'", '’')
    .replaceAll(/[\\:]/g, '\\$&')
