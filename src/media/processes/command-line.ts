import { LimitError, MediaError } from '../runtime/errors.ts'

/** Characters of a command line: the longest that ffmpeg's templates make are a tenth of it. */
const COMMAND_CHARACTERS_MAX = 64 * 1024

/** What separates words: no other white space, which a file's name may hold. */
const SPACES = ' \t\r\n'

/** A text that is no command line. */
export class CommandLineError extends MediaError {
  readonly code = 'malformed_source'
}

/** A command line taken apart: the program and what it is given. */
export interface CommandLine {
  readonly program: string
  readonly parameters: readonly string[]
}

/**
 * Splits a command line as go2rtc does, which is no shell: a word that begins with a quote runs to the
 * next one of its kind; a quote inside a word is a character; nothing is escaped or replaced.
 * Throws `CommandLineError` for an empty command, an empty quote or one that does not end, and `LimitError`.
 */
export const splitCommand = (text: string): CommandLine => {
  if (text.length > COMMAND_CHARACTERS_MAX) throw new LimitError('characters of a command', COMMAND_CHARACTERS_MAX)
  const words: string[] = []
  for (let at = 0; at < text.length; ) {
    const first = text[at]!
    if (SPACES.includes(first)) {
      at++
    } else if (first === '"' || first === "'") {
      const end = text.indexOf(first, at + 1)
      if (end < 0) throw new CommandLineError(`the command has a ${first} that is not closed`)
      if (end === at + 1) throw new CommandLineError(`the command has nothing between ${first}${first}`)
      words.push(text.slice(at + 1, end))
      at = end + 1
    } else {
      const end = endOfWord(text, at)
      words.push(text.slice(at, end))
      at = end
    }
  }
  const [program, ...parameters] = words
  if (program === undefined) throw new CommandLineError('there is no command')
  return { program, parameters }
}

const endOfWord = (text: string, start: number): number => {
  let end = start
  while (end < text.length && !SPACES.includes(text[end]!)) end++
  return end
}
