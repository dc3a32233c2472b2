/** Pieces of ffmpeg's command line by name: go2rtc's, which the configuration may change and add to. */
export type FfmpegTemplates = ReadonlyMap<string, string>

const low = '-fflags nobuffer -flags low_delay'
const rtspInput = `${low} -timeout {timeout} -user_agent go2rtc/ffmpeg`

const inputs: Readonly<Record<string, string>> = {
  file: '-re -i {input}',
  http: `${low} -i {input}`,
  rtsp: `${rtspInput} -rtsp_flags prefer_tcp -i {input}`,
  'rtsp/udp': `${rtspInput} -i {input}`,
}

const outputs: Readonly<Record<string, string>> = {
  output: '-user_agent ffmpeg/go2rtc -rtsp_transport tcp -f rtsp {output}',
  'output/mjpeg': '-f mjpeg -',
  'output/raw': '-f yuv4mpegpipe -',
  'output/aac': '-f adts -',
  'output/wav': '-f wav -',
}

const software = '-preset:v superfast -tune:v zerolatency -pix_fmt:v yuv420p'

const video: Readonly<Record<string, string>> = {
  h264: `-c:v libx264 -g 50 -profile:v high -level:v 4.1 ${software}`,
  h265: `-c:v libx265 -g 50 -profile:v main -x265-params level=5.1:high-tier=0 ${software}`,
  mjpeg: '-c:v mjpeg',
  raw: '-c:v rawvideo',
  'raw/gray8': '-c:v rawvideo -pix_fmt:v gray8',
  'raw/yuv420p': '-c:v rawvideo -pix_fmt:v yuv420p',
  'raw/yuv422p': '-c:v rawvideo -pix_fmt:v yuv422p',
  'raw/yuv444p': '-c:v rawvideo -pix_fmt:v yuv444p',
}

const sampled = (rate: number): string => `-ar:a ${rate} -ac:a 1`

const pcm = (name: string, encoder: string, rates: readonly number[]): Readonly<Record<string, string>> => ({
  [name]: `-c:a ${encoder} ${sampled(8000)}`,
  ...Object.fromEntries(rates.map(rate => [`${name}/${rate}`, `-c:a ${encoder} ${sampled(rate)}`])),
})

const opus = '-c:a libopus -application:a lowdelay -min_comp 0'

const audio: Readonly<Record<string, string>> = {
  opus,
  'opus/16000': `${opus} ${sampled(16_000)}`,
  ...pcm('pcmu', 'pcm_mulaw', [8000, 16_000, 48_000]),
  ...pcm('pcma', 'pcm_alaw', [8000, 16_000, 48_000]),
  ...pcm('pcm', 'pcm_s16be', [8000, 16_000, 48_000]),
  ...pcm('pcml', 'pcm_s16le', [8000, 16_000, 44_100]),
  aac: '-c:a aac',
  'aac/16000': `-c:a aac ${sampled(16_000)}`,
  mp3: '-c:a libmp3lame -q:a 8',
}

/** Without B-pictures: they cost a viewer their delay, and WebRTC does not know them. */
const live = '-g 50 -bf 0'

const hardware: Readonly<Record<string, string>> = {
  'h264/vaapi': `-c:v h264_vaapi ${live} -profile:v high -level:v 4.1 -sei:v 0`,
  'h265/vaapi': `-c:v hevc_vaapi ${live} -profile:v main -level:v 5.1 -sei:v 0`,
  'mjpeg/vaapi': '-c:v mjpeg_vaapi',
  'h264/v4l2m2m': `-c:v h264_v4l2m2m ${live}`,
  'h265/v4l2m2m': `-c:v hevc_v4l2m2m ${live}`,
  'h264/rkmpp': `-c:v h264_rkmpp ${live} -profile:v high -level:v 4.1`,
  'h265/rkmpp': `-c:v hevc_rkmpp ${live} -profile:v main -level:v 5.1`,
  'mjpeg/rkmpp': '-c:v mjpeg_rkmpp',
  'h264/cuda': `-c:v h264_nvenc ${live} -profile:v high -level:v auto -preset:v p2 -tune:v ll`,
  'h265/cuda': `-c:v hevc_nvenc ${live} -profile:v main -level:v auto`,
  'h264/dxva2': `-c:v h264_qsv ${live} -profile:v high -level:v 4.1 -async_depth:v 1`,
  'h265/dxva2': `-c:v hevc_qsv ${live} -profile:v main -level:v 5.1 -async_depth:v 1`,
  'mjpeg/dxva2': '-c:v mjpeg_qsv',
  'h264/videotoolbox': `-c:v h264_videotoolbox ${live} -profile:v high -level:v 4.1`,
  'h265/videotoolbox': `-c:v hevc_videotoolbox ${live} -profile:v main -level:v 5.1`,
}

const defaults: Readonly<Record<string, string>> = {
  bin: 'ffmpeg',
  global: '-hide_banner',
  timeout: '5',
  ...inputs,
  ...outputs,
  ...video,
  ...audio,
  ...hardware,
}

/** go2rtc's `log.ffmpeg` as ffmpeg calls it. */
const logLevel = (level: string): string => (level === 'warn' ? 'warning' : level)

/** The templates with what the configuration's `ffmpeg:` says, and how much ffmpeg tells: `log.ffmpeg`, empty for its default. */
export const ffmpegTemplates = (overrides: Readonly<Record<string, string>> = {}, level = 'error'): FfmpegTemplates => {
  const templates = new Map(Object.entries({ ...defaults, ...overrides }))
  if (level !== '') templates.set('global', `${templates.get('global')} -v ${logLevel(level)}`)
  return templates
}

/** A template of this name, or the text itself: it is then arguments as they are. */
export const templateOr = (templates: FfmpegTemplates, text: string): string => templates.get(text) || text
