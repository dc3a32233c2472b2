/** What stands in a secret's place. */
const HIDDEN = '***'

/** Options whose value nobody else shall read. */
const SECRET_OPTION = /^--?\w*(pass|passwd|password|passphrase|token|secret|key|credentials?|auth|cookies?)\w*$/i

/** The same in front of an equals sign: in an option, a query or a filter. */
const SECRET_VALUE =
  /\b(\w*(?:pass|passwd|password|passphrase|token|secret|api_?key|credentials?|auth|signature)=)[^\s&;,'"]+/gi

/** Header lines, as ffmpeg's `-headers` and curl's `-H` have them. */
const SECRET_HEADER =
  /\b((?:proxy-)?authorization|cookie|x-api-key)(\s*:\s*(?:basic\s+|bearer\s+|digest\s+)?)[^\r\n'"]+/gi

/** A text for logs and causes, without the passwords of addresses and what else looks like a secret in it. */
export const redactText = (text: string): string =>
  text
    .replace(/(:\/\/[^\s/?#@:"']*):[^\s/"']*@/g, `$1:${HIDDEN}@`)
    .replace(SECRET_HEADER, `$1$2${HIDDEN}`)
    .replace(SECRET_VALUE, `$1${HIDDEN}`)

/** A command as one line for logs: no shell could run it, and no secret is in it that can be told by its name. */
export const redactCommand = (program: string, parameters: readonly string[]): string => {
  const words = parameters.map((word, index) =>
    index > 0 && SECRET_OPTION.test(parameters[index - 1] ?? '') ? HIDDEN : redactText(word),
  )
  return [program, ...words].map(word => (/[\s"']/.test(word) ? JSON.stringify(word) : word)).join(' ')
}
