import type { Spawner } from '../../processes/spawner.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type DeviceSource, listDevices } from './device-list.ts'
import { type FfmpegTemplates, ffmpegTemplates } from './ffmpeg-templates.ts'
import { HardwareProbe, type HardwareResult } from './hardware-probe.ts'

/** How ffmpeg is used here. */
export interface FfmpegToolsOptions {
  readonly spawner: Spawner
  readonly clock: Clock
  /** Templates that differ from go2rtc's, by name. */
  readonly overrides: Readonly<Record<string, string>>
  readonly logLevel: string
}

/** The ffmpeg of this machine: how it is called, what it can encode with, and what it can read from. */
export class FfmpegTools {
  readonly templates: FfmpegTemplates
  readonly hardware: HardwareProbe
  readonly #spawner: Spawner
  readonly #clock: Clock
  readonly #bin: string

  constructor({ spawner, clock, overrides, logLevel }: FfmpegToolsOptions) {
    this.templates = ffmpegTemplates(overrides, logLevel)
    this.#bin = this.templates.get('bin') ?? 'ffmpeg'
    this.#spawner = spawner
    this.#clock = clock
    const { platform, arch } = process
    this.hardware = new HardwareProbe({ spawner, clock, bin: this.#bin, platform, arch })
  }

  /** Cameras and microphones of this machine. Never rejects. */
  devices(signal: AbortSignal): Promise<readonly DeviceSource[]> {
    return listDevices({ spawner: this.#spawner, clock: this.#clock, bin: this.#bin, signal })
  }

  /** What can encode here, found out by trying each: may take some ten seconds. Never rejects. */
  engines(signal: AbortSignal): Promise<readonly HardwareResult[]> {
    return this.hardware.list(signal)
  }
}
