import type { System } from '../../api/documents.ts'
import { asSentence } from '../../lib/sentences.ts'

/** What is wrong with the linked file, in words; nothing while it is in step or there is none. */
export function linkedFileProblem({
  path,
  state,
  message,
  line,
  column,
}: System['linkedFile']): { readonly message: string; readonly remedy: string } | undefined {
  const name = path?.split(/[/\\]/).at(-1) ?? 'go2rtc.yaml'
  const why = message === null || message === '' ? '' : ` ${asSentence(message)}`
  switch (state) {
    case 'NONE':
    case 'IN_STEP':
      return undefined
    case 'NOT_WRITTEN':
      return {
        message: `Your changes are kept here, but could not be written into ${name}.${why}`,
        remedy: `Check that ${path ?? 'the file'} may be written. It is tried again with the next change.`,
      }
    case 'NOT_UNDERSTOOD': {
      const place = line === null ? '' : ` Line ${line}${column === null ? '' : `, column ${column}`}.`
      return {
        message: `The file ${name} could not be understood.${place}${why}`,
        remedy: 'The server goes on with what it had, and reads the file again when it changes.',
      }
    }
  }
}
