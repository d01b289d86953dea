/** The text again if it fits; otherwise its beginning and how much is missing. */
export const cut = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text
  const note = `… (${text.length} characters)`
  return detached(text.slice(0, Math.max(0, maxLength - note.length)) + note)
}

/** A copy of its own: what was sliced from a text, or put together from one, keeps the whole of it in memory. */
const detached = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le').toWellFormed()
