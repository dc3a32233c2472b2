import type { Producer } from '../../core/producer.ts'
import { describeError } from '../../runtime/errors.ts'
import type { ExpectedPublications } from '../../streams/expected-publications.ts'
import type { DialContext, DialingScheme } from '../../streams/scheme.ts'
import { SourceNotSupportedError } from '../../streams/source-url.ts'
import { backchannelCodec } from './backchannel-codec.ts'
import { BackchannelProducer } from './backchannel-producer.ts'
import { type ExecSource, parseExecSource } from './exec-source.ts'
import { dialPiping } from './piping-program.ts'
import { dialPublishing } from './publishing-program.ts'
import { type ExecOptions, runProgram } from './run-program.ts'

/** What `exec:` needs. */
export interface ExecSchemeOptions extends ExecOptions {
  /** Where the RTSP server hands over what programs publish. */
  readonly publications: ExpectedPublications
  /** The port of the RTSP server; `undefined` while there is none. */
  readonly rtspPort: () => number | undefined
}

/** `exec:`: a program that publishes by RTSP, writes a stream to its stdout, or plays what it reads. */
export const execScheme = (options: ExecSchemeOptions): DialingScheme => ({
  kind: 'dial',
  names: ['exec'],
  trustedOnly: true,
  check(source) {
    try {
      // Any port: whether there is one may change until it is dialed.
      const { backchannel } = parseExecSource(source, 0)
      if (backchannel !== undefined) backchannelCodec(backchannel)
    } catch (error) {
      throw new SourceNotSupportedError('malformed_source', describeError(error).message)
    }
  },
  async dial(source, context) {
    const parsed = parseExecSource(source, options.rtspPort())
    const logged: DialContext = { ...context, logger: context.logger.with({ module: 'exec' }) }
    const { path } = parsed
    if (path !== undefined) return dialPublishing({ ...parsed, path }, options.publications, options, logged)
    if (parsed.backchannel !== undefined) return dialSpeaker(parsed, parsed.backchannel, options, logged)
    return dialPiping(parsed, options, logged)
  },
})

const dialSpeaker = (
  source: ExecSource,
  audio: string,
  options: ExecOptions,
  { clock, logger }: DialContext,
): Producer =>
  new BackchannelProducer({
    codec: backchannelCodec(audio),
    clock,
    line: source.line,
    program: source.program,
    run: () => runProgram(source, { stdin: 'pipe' }, options, logger),
  })
