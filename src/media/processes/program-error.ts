import { MediaError } from '../runtime/errors.ts'

/** Why a program could not be run, or ended. */
export type ProgramErrorCode = 'program_not_found' | 'program_not_executable' | 'program_not_started' | 'program_failed'

/** A program that does not do what it was started for. `code` is for programs, the message for people. */
export class ProgramError extends MediaError {
  readonly code: ProgramErrorCode
  readonly program: string
  /** go2rtc's sentence for it. */
  readonly go2rtcMessage: string

  constructor(code: ProgramErrorCode, program: string, message: string, go2rtcMessage = message) {
    super(message)
    this.code = code
    this.program = program
    this.go2rtcMessage = go2rtcMessage
  }
}

/** What the system said of a program that could not be started, told so that a person knows what to do. */
export const startError = (program: string, code: string, message: string): ProgramError => {
  const isPath = program.includes('/')
  if (code === 'ENOENT' && isPath)
    return new ProgramError(
      'program_not_found',
      program,
      `there is no file ${program}: check the path`,
      `fork/exec ${program}: no such file or directory`,
    )
  if (code === 'ENOENT')
    return new ProgramError(
      'program_not_found',
      program,
      `the program "${program}" was not found: install it, or write its whole path`,
      `exec: "${program}": executable file not found in $PATH`,
    )
  if (code === 'EACCES')
    return new ProgramError(
      'program_not_executable',
      program,
      `${program} may not be run: it is no program, or its file is not executable (chmod +x)`,
      isPath ? `fork/exec ${program}: permission denied` : `exec: "${program}": executable file not found in $PATH`,
    )
  return new ProgramError('program_not_started', program, `${program} could not be started: ${message}`)
}

/** Characters of a program's last words that fit into a sentence. */
const LAST_WORDS_MAX = 300

/** How a program ended, as a sentence with its last words. */
export const describeExit = (
  program: string,
  { code, signal, stderr }: { readonly code: number | null; readonly signal: string | null; readonly stderr: string },
): string => {
  const words = stderr.trimEnd().split('\n').at(-1)?.trim().slice(-LAST_WORDS_MAX) ?? ''
  const how = signal === null ? `ended with code ${code ?? 'unknown'}` : `was ended by ${signal}`
  return words === '' ? `${program} ${how}` : `${program} ${how}: ${words}`
}
