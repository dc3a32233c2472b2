/** Programs by what their user agent holds; the first that fits, so the particular before the general. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/Frigate/i, 'Frigate'],
  [/HomeAssistant|Home Assistant|aiohttp/i, 'Home Assistant'],
  [/go2rtc/i, 'go2rtc'],
  [/VLC|LibVLC|LIVE555/i, 'VLC'],
  [/Lavf|ffmpeg/i, 'FFmpeg'],
  [/GStreamer/i, 'GStreamer'],
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]

/** Who a user agent is, in a word: `VLC`, `Chrome`; the user agent's own first word otherwise. */
export function programWord(userAgent: string): string {
  const known = PROGRAMS.find(([pattern]) => pattern.test(userAgent))
  if (known !== undefined) return known[1]
  return userAgent.split(/[\s/]/)[0] || 'Unknown program'
}
