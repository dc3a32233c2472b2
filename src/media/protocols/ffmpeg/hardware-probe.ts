import { splitCommand } from '../../processes/command-line.ts'
import { runToEnd } from '../../processes/run-to-end.ts'
import type { Spawner } from '../../processes/spawner.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { EncodedName, Engine } from './hardware-arguments.ts'

/** Milliseconds a second of test pictures may take to encode: hardware that is slower is none. */
const PROBE_MS_MAX = 10_000
const OUTPUT_BYTES_MAX = 64 * 1024

type Hardware = Exclude<Engine, 'software'>

/** How each engine is set up for pictures out of the processor's memory. */
const setUps: Readonly<
  Record<Hardware, { readonly device: string; readonly filter: string; readonly suffix: string }>
> = {
  vaapi: { device: '-init_hw_device vaapi ', filter: '-vf format=nv12,hwupload ', suffix: 'vaapi' },
  cuda: { device: '-init_hw_device cuda ', filter: '', suffix: 'nvenc' },
  dxva2: { device: '-init_hw_device dxva2 ', filter: '', suffix: 'qsv' },
  videotoolbox: { device: '', filter: '', suffix: 'videotoolbox' },
  v4l2m2m: { device: '', filter: '', suffix: 'v4l2m2m' },
  rkmpp: { device: '', filter: '', suffix: 'rkmpp' },
}

const families: Readonly<Record<EncodedName, string>> = { h264: 'h264', h265: 'hevc', mjpeg: 'mjpeg' }

/** One thing to try. */
export interface HardwareCandidate {
  readonly engine: Hardware
  readonly codec: EncodedName
  /** Whether `#hardware` without an engine may choose it: H.265 is left to the processor, as in go2rtc. */
  readonly automatic: boolean
}

const candidates = (engine: Hardware, ...codecs: readonly EncodedName[]): readonly HardwareCandidate[] =>
  codecs.map(codec => ({ engine, codec, automatic: codec !== 'h265' }))

/** What this kind of machine may have, in the order in which it is preferred. */
export const hardwareCandidates = (platform: NodeJS.Platform, arch: string): readonly HardwareCandidate[] => {
  if (platform === 'darwin') return candidates('videotoolbox', 'h264', 'h265')
  if (platform === 'win32')
    return [...candidates('cuda', 'h264', 'h265'), ...candidates('dxva2', 'h264', 'h265', 'mjpeg')]
  if (arch.startsWith('arm'))
    return [...candidates('v4l2m2m', 'h264', 'h265'), ...candidates('rkmpp', 'h264', 'h265', 'mjpeg')]
  return [...candidates('cuda', 'h264', 'h265'), ...candidates('vaapi', 'h264', 'h265', 'mjpeg')]
}

/** The parameters that encode a second of test pictures. */
export const probeParameters = ({ engine, codec }: Pick<HardwareCandidate, 'engine' | 'codec'>): readonly string[] => {
  const { device, filter, suffix } = setUps[engine]
  const line = `${device}-f lavfi -i testsrc2 -t 1 ${filter}-c:v ${families[codec]}_${suffix} -f null -`
  return ['-hide_banner', '-v', 'error', ...line.split(' ')]
}

/** What was tried, and whether it works: a row of go2rtc's `/api/ffmpeg/hardware`. */
export interface HardwareResult {
  readonly name: 'OK' | 'ERROR'
  readonly url: string
}

/** What a probe works with. */
export interface HardwareProbeOptions {
  readonly spawner: Spawner
  readonly clock: Clock
  readonly bin: string
  readonly platform: NodeJS.Platform
  readonly arch: string
}

/** Finds out by trying what can encode here. Each codec is tried once, when it is first asked for. */
export class HardwareProbe {
  readonly #options: HardwareProbeOptions
  readonly #found = new Map<EncodedName, Promise<Engine>>()

  constructor(options: HardwareProbeOptions) {
    this.#options = options
  }

  /** The engine for a codec: the first that works, or else the processor. Never rejects. */
  detect(codec: EncodedName): Promise<Engine> {
    const known = this.#found.get(codec)
    if (known !== undefined) return known
    const found = this.#firstOf(this.#candidates().filter(one => one.automatic && one.codec === codec))
    this.#found.set(codec, found)
    return found
  }

  /** Every codec's engine. */
  async detectAll(codecs: Iterable<EncodedName>): Promise<(codec: EncodedName) => Engine> {
    const found = new Map<EncodedName, Engine>()
    for (const codec of new Set(codecs)) found.set(codec, await this.detect(codec))
    return codec => found.get(codec) ?? 'software'
  }

  /** Tries everything, one after another: many devices do one thing at a time. Never rejects. */
  async list(signal: AbortSignal): Promise<readonly HardwareResult[]> {
    const results: HardwareResult[] = []
    for (const candidate of this.#candidates()) {
      const name = (await this.#works(candidate, signal)) ? 'OK' : 'ERROR'
      results.push({ name, url: `ffmpeg:...#video=${candidate.codec}#hardware=${candidate.engine}` })
    }
    return results
  }

  #candidates(): readonly HardwareCandidate[] {
    return hardwareCandidates(this.#options.platform, this.#options.arch)
  }

  async #firstOf(wanted: readonly HardwareCandidate[]): Promise<Engine> {
    const never = new AbortController().signal
    for (const candidate of wanted) if (await this.#works(candidate, never)) return candidate.engine
    return 'software'
  }

  async #works(candidate: HardwareCandidate, signal: AbortSignal): Promise<boolean> {
    const { spawner, clock, bin } = this.#options
    const limits = { timeoutMs: PROBE_MS_MAX, outputBytesMax: OUTPUT_BYTES_MAX }
    try {
      const { program, parameters: own } = splitCommand(bin)
      const parameters = [...own, ...probeParameters(candidate)]
      const { code } = await runToEnd(spawner, { program, parameters, clock, signal, ...limits })
      return code === 0
    } catch {
      // A program that is not there encodes nothing.
      return false
    }
  }
}
