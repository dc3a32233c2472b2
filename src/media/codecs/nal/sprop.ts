/** Base64 characters of one parameter set in a session description. */
const SPROP_CHARACTERS_MAX = 8192

/** NAL units of an `sprop-…` parameter: base64, separated by commas (RFC 6184 §8.1, RFC 7798 §7.1). What is empty or too long is left out. */
export const parseSprop = (text: string | undefined): readonly Buffer[] => {
  const nals: Buffer[] = []
  for (const one of (text ?? '').split(',')) {
    if (one.length > SPROP_CHARACTERS_MAX) continue
    const nal = Buffer.from(one, 'base64')
    if (nal.length > 0) nals.push(nal)
  }
  return nals
}
