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
  let giveUp: (() => void) | undefined
  try {
    signal.throwIfAborted()
    const aborted = new Promise<never>((_, reject) => {
      giveUp = () => reject(signal.reason)
      signal.addEventListener('abort', giveUp, { once: true })
    })
    return await Promise.race([work(), aborted])
  } catch (cause) {
    if (cause instanceof ToolError) throw cause
    throw new ToolError(sentence, { cause })
  } finally {
    if (giveUp) signal.removeEventListener('abort', giveUp)
  }
}
