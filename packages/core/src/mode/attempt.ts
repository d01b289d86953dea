import { unlessAborted } from '../clock.ts'
import { ToolError } from './tool.ts'

/**
 * Runs a tool's request to a port. Settles when the signal aborts, even if the port does not. A failure reaches the model as
 * `sentence`; its cause is kept for the log.
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
