import type { FfmpegCommandOptions } from '#media/protocols/ffmpeg/ffmpeg-arguments.ts'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'

/** A machine of no hardware, two devices and one stream called `porch`; ffmpeg says what it says by itself. */
export const ffmpegSurroundings = (changed: Partial<FfmpegCommandOptions> = {}): FfmpegCommandOptions => ({
  templates: ffmpegTemplates({}, ''),
  hasStream: name => name === 'porch',
  rtspPort: 8554,
  devices: { videos: ['/dev/video0', '/dev/video2'], audios: ['default'] },
  platform: 'linux',
  burstsAtStart: false,
  detected: () => 'software',
  ...changed,
})
