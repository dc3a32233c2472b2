/** A text as a sentence of its own: a capital, and a full stop when nothing ends it. */
export function asSentence(text: string): string {
  const trimmed = text.trim()
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return capital === '' || /[.!?…]$/.test(capital) ? capital : `${capital}.`
}

/** A sentence as a part of another: no full stop, and no capital unless its first word is one of capitals. */
export function asPhrase(sentence: string): string {
  const text = sentence.trim().replace(/\.$/, '')
  return /^\p{Lu}\p{Ll}*(\s|$)/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
