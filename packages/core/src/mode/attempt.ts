import { unlessAborted } from '../clock.ts'
import { ToolError } from './tool.ts'

/**
 * Runs what a tool needs from a port. It settles when the signal aborts, even if the port does not, and a failure
 * reaches the model as `sentence` only; the cause stays on our side.
 */
export const attempt = async <Result>(
  sentence: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await unlessAborted(signal, work)
  } catch (cause) {
    if (cause instanceof ToolError) throw cause
    throw new ToolError(sentence, { cause })
  }
}
