import { plainText } from './text/plain-text.ts'

/** An error whose message the model hears; nothing else about a failure ever reaches it. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}

/**
 * For a value that cannot be whole, such as "telephone number": who hears what was understood knows what to say otherwise.
 * `how` it is best said: "digit by digit".
 */
export const notComplete = (what: string, understood: string, how: string): ToolError =>
  new ToolError(
    `That is no complete ${what}. Read back what you understood, "${plainText(understood, 60).replaceAll('"', '')}", and ask for it again, ${how}.`,
  )
