/** Replaces secrets in a text. */
export type Redact = (text: string) => string

/** Replaces the password of every `scheme://user:password@host` in a text by `***`. Knows no other secrets. */
export const redactUserinfo: Redact = text =>
  text.includes('@') ? text.replace(/(:\/\/[^\s/?#@:"']*):[^\s/"']*@/g, '$1:***@') : text
