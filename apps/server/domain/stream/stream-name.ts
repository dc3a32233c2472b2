import { DomainRefusal } from '../errors.ts'

/** Characters a name may have: it stands in URLs, lists and log lines. */
export const STREAM_NAME_CHARACTERS_MAX = 128

/** Throws `DomainRefusal` unless a name can be a stream's: 1 to 128 characters, none of them a control character. */
export const checkStreamName = (name: string): void => {
  if (name === '') throw new DomainRefusal('name_invalid', 'a stream needs a name')
  if (name.length > STREAM_NAME_CHARACTERS_MAX)
    throw new DomainRefusal('name_invalid', `the name is longer than ${STREAM_NAME_CHARACTERS_MAX} characters`)
  // A lone surrogate has no UTF-8 form: the name would come back from a file as another one.
  if (/\p{Cc}/u.test(name) || !name.isWellFormed())
    throw new DomainRefusal('name_invalid', 'the name has characters that cannot be shown')
}
