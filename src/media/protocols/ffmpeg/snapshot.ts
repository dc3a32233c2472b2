import { splitCommand } from '../../processes/command-line.ts'
import { describeExit, ProgramError } from '../../processes/program-error.ts'
import { redactText } from '../../processes/redact-command.ts'
import { runToEnd } from '../../processes/run-to-end.ts'
import type { Spawner } from '../../processes/spawner.ts'
import type { Clock } from '../../runtime/clock.ts'
import { LimitError } from '../../runtime/errors.ts'
import { turns } from './ffmpeg-arguments.ts'
import type { FfmpegTemplates } from './ffmpeg-templates.ts'
import { type Engine, hardwareEngines, withHardware } from './hardware-arguments.ts'
import type { HardwareProbe } from './hardware-probe.ts'

/** Milliseconds one picture may take: a cold ffmpeg on a small machine takes one or two seconds. */
const SNAPSHOT_MS_MAX = 15_000
/** Bytes of a picture: a JPEG of 8K without much compression. */
const JPEG_BYTES_MAX = 64 * 1024 * 1024
/** Pictures that are made at once; go2rtc has no limit, and cameras' dashboards ask for all of them together. */
const SNAPSHOTS_MAX = 16

/** How a picture is changed: go2rtc's `/api/frame.jpeg`. */
export interface SnapshotChange {
  /** Pixels; what is missing follows from the other. */
  readonly width?: number
  readonly height?: number
  /** 90, 180, 270 or -90 degrees; others are ignored. */
  readonly rotate?: number
  /** An engine, or empty for the one that is found; absent: the processor. */
  readonly hardware?: string
}

/** go2rtc's command line for a picture. */
export const snapshotCommand = (
  { width = -1, height = -1, rotate, hardware }: SnapshotChange,
  templates: FfmpegTemplates,
  detected: Engine,
): string => {
  const turn = turns[String(rotate)]
  const scaled = width > 0 || height > 0 ? [`scale=${width}:${height}`] : []
  const plain = {
    input: '-i -',
    codecs: [templates.get('mjpeg') ?? ''],
    filters: [...scaled, ...(turn === undefined ? [] : [turn])],
  }
  const engine = hardwareEngines.find(name => name === hardware) ?? 'software'
  const { input, codecs, filters } =
    hardware === undefined ? plain : withHardware(plain, () => (hardware === '' ? detected : engine), templates)
  const filter = filters.length === 0 ? '' : `-vf "${filters.join(',')}"`
  return [templates.get('bin'), templates.get('global'), input, ...codecs, filter, templates.get('output/mjpeg')]
    .filter(piece => piece !== undefined && piece !== '')
    .join(' ')
}

/** What pictures are made with. */
export interface SnapshotOptions {
  readonly spawner: Spawner
  readonly clock: Clock
  readonly templates: FfmpegTemplates
  readonly hardware: Pick<HardwareProbe, 'detect'>
}

/** Makes JPEG pictures of keyframes, a few at a time. */
export class Snapshots {
  readonly #options: SnapshotOptions
  #running = 0

  constructor(options: SnapshotOptions) {
    this.#options = options
  }

  /**
   * The JPEG of a keyframe, given with its parameter sets as a byte stream (H.264, H.265) or as a JPEG.
   * Rejects with a `MediaError`.
   */
  async take(keyframe: Buffer, change: SnapshotChange, signal: AbortSignal): Promise<Buffer> {
    if (this.#running >= SNAPSHOTS_MAX) throw new LimitError('pictures made at once', SNAPSHOTS_MAX)
    this.#running++
    try {
      return await this.#take(keyframe, change, signal)
    } finally {
      this.#running--
    }
  }

  async #take(input: Buffer, change: SnapshotChange, signal: AbortSignal): Promise<Buffer> {
    const { spawner, clock, templates, hardware } = this.#options
    const detected = change.hardware === '' ? await hardware.detect('mjpeg') : 'software'
    const { program, parameters } = splitCommand(snapshotCommand(change, templates, detected))
    const limits = { timeoutMs: SNAPSHOT_MS_MAX, outputBytesMax: JPEG_BYTES_MAX }
    const result = await runToEnd(spawner, { program, parameters, clock, signal, input, ...limits })
    if (result.code === 0 && result.stdout.length > 0) return result.stdout
    const { code, signal: killedBy, stderr } = result
    const sentence = describeExit(program, { code, signal: killedBy, stderr: redactText(stderr.tail) })
    throw new ProgramError('program_failed', program, sentence)
  }
}
