/**
 * Puts a text on the clipboard; whether it worked. Pages that came by plain `http:` have no clipboard,
 * which is how most camera servers are reached: there a selection is copied the old way.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelection(text)
  }
}

function copySelection(text: string): boolean {
  const focused = document.activeElement
  // A modal dialog makes everything outside it inert, so the field goes inside.
  const place = focused?.closest('dialog') ?? document.body
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  place.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
