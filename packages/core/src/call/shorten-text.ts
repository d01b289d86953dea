/** Longest item id that is kept; servers use some thirty characters. */
export const MAX_ID_LENGTH = 128

/** The text again if it fits; otherwise its beginning and how much is missing. */
export const shortenText = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text
  const note = `… (${text.length} characters)`
  return detached(text.slice(0, Math.max(0, maxLength - note.length)) + note)
}

/** A flat copy: V8 keeps the whole original in memory for a slice or a concatenation. */
const detached = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le').toWellFormed()

/** Longest arguments, and longest output, of a tool call that a model is told of once more. */
const MAX_TOOL_TEXT = 2_000

/** The JSON of a tool call's arguments again if it fits; otherwise JSON that has the beginning of it. */
export const shortenArguments = (json: string): string =>
  json.length <= MAX_TOOL_TEXT ? json : JSON.stringify({ shortened: detached(json.slice(0, MAX_TOOL_TEXT)) })

/** The output of a tool call again if it fits; otherwise its beginning and how much is missing. */
export const shortenOutput = (output: string): string => shortenText(output, MAX_TOOL_TEXT)
