import { plainText } from './text/plain-text.ts'

/** An error whose message is told to the model; nothing else about a failure reaches it. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}

/**
 * The error for an incomplete value: has the model read back what it understood and ask again. `what`: "telephone number";
 * `how` it is best said: "digit by digit".
 */
export const notComplete = (what: string, understood: string, how: string): ToolError =>
  new ToolError(
    `That is no complete ${what}. Read back what you understood, "${plainText(understood, 60).replaceAll('"', '')}", and ask for it again, ${how}.`,
  )
