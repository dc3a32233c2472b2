/** A text as a sentence of its own: a capital, and a full stop when nothing ends it. */
export function asSentence(text: string): string {
  const trimmed = text.trim()
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return capital === '' || /[.!?…]$/.test(capital) ? capital : `${capital}.`
}
