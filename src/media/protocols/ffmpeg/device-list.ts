import { readdir } from 'node:fs/promises'
import { splitCommand } from '../../processes/command-line.ts'
import { runToEnd } from '../../processes/run-to-end.ts'
import type { Spawner } from '../../processes/spawner.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { AttachedDevices } from './ffmpeg-device.ts'

/** Milliseconds a device may take to say what it can, or to record a second. */
const DEVICE_MS_MAX = 5000
const OUTPUT_BYTES_MAX = 64 * 1024
/** Devices that are asked. */
const DEVICES_MAX = 64

/** A source that a device offers: a row of go2rtc's `/api/ffmpeg/devices`. */
export interface DeviceSource {
  readonly name: string
  readonly info: string
  readonly url: string
}

/** What is needed to ask devices. */
export interface DeviceListOptions {
  readonly spawner: Spawner
  readonly clock: Clock
  readonly bin: string
  readonly signal: AbortSignal
}

/** The cameras of this machine, by Linux's names in their order, and the usual microphone. Empty elsewhere. */
export const attachedDevices = async (): Promise<AttachedDevices> => {
  const names = await readdir('/dev').catch(() => [])
  const videos = names.filter(name => /^video\d+$/.test(name)).map(name => `/dev/${name}`)
  videos.sort((one, other) => Number(one.slice('/dev/video'.length)) - Number(other.slice('/dev/video'.length)))
  return { videos: videos.slice(0, DEVICES_MAX), audios: process.platform === 'linux' ? ['default'] : [] }
}

/** What ffmpeg tells of a device's formats (`-list_formats all`), each as a source. */
export const parseFormats = (device: string, text: string): readonly DeviceSource[] =>
  text.split('\n').flatMap(line => {
    const [, kind, format, name, sizes] = /\] (Raw|Compressed) *: +(\S+) : +(.+?) : +(.*\S)/.exec(line) ?? []
    if (format === undefined || name === undefined || sizes === undefined) return []
    const [size] = sizes.split(' ')
    const url = `ffmpeg:device?video=${device}&input_format=${format}&video_size=${size}`
    return [{ name, info: sizes, url: kind === 'Raw' ? `${url}#video=h264#hardware` : url }]
  })

/** What is attached, each format of each camera, and the microphone if it can be recorded. Never rejects. */
export const listDevices = async (options: DeviceListOptions): Promise<readonly DeviceSource[]> => {
  const { videos, audios } = await attachedDevices()
  const sources: DeviceSource[] = []
  for (const device of videos) {
    const said = await run(['-hide_banner', '-f', 'v4l2', '-list_formats', 'all', '-i', device], options)
    sources.push(...parseFormats(device, said?.stderr.tail ?? ''))
  }
  for (const device of audios) {
    const recorded = await run(['-hide_banner', '-f', 'alsa', '-i', device, '-t', '1', '-f', 'null', '-'], options)
    if (recorded?.code !== 0) continue
    const url = `ffmpeg:device?audio=${device}&channels=1&sample_rate=16000&#audio=opus`
    sources.push({ name: `ALSA ${device}`, info: ' ', url })
  }
  return sources
}

/** `undefined` when a device does not answer, or ffmpeg is not there. */
const run = async (asked: readonly string[], { spawner, clock, bin, signal }: DeviceListOptions) => {
  const limits = { timeoutMs: DEVICE_MS_MAX, outputBytesMax: OUTPUT_BYTES_MAX }
  try {
    const { program, parameters } = splitCommand(bin)
    return await runToEnd(spawner, { program, parameters: [...parameters, ...asked], clock, signal, ...limits })
  } catch {
    return undefined
  }
}
