/** The text again if it fits; otherwise its beginning and how much is missing. */
export const shortenText = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text
  const note = `… (${text.length} characters)`
  return detached(text.slice(0, Math.max(0, maxLength - note.length)) + note)
}

/** A flat copy: V8 keeps the whole original in memory for a slice or a concatenation. */
const detached = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le').toWellFormed()
