import { MediaError } from '../../runtime/errors.ts'

/** Why a program brings no media. */
export type ExecErrorCode =
  | 'program_not_allowed'
  | 'rtsp_disabled'
  | 'program_silent'
  | 'program_failed'
  | 'malformed_source'

/** A program that brings no media, in go2rtc's words. */
export class ExecError extends MediaError {
  readonly code: ExecErrorCode

  constructor(code: ExecErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
