import type { Clock } from '../clock.ts'
import { ToolError, type Tool, type ToolContext } from '../tool.ts'
import type { Consultation, Departure, ToolRequest } from './state.ts'

/** The model pays for every byte on every later turn, and reads nothing this long aloud. */
const MAX_OUTPUT_BYTES = 16_384

/** What became of a tool call: exactly one per call, whatever the tool did. */
export interface ToolResult {
  /** What the model is told: JSON. */
  readonly output: string
  readonly spoken: boolean
  readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
  readonly request?: ToolRequest
  /** For the log; the model never hears it. */
  readonly cause?: unknown
}

const failure = (outcome: 'failed' | 'timed_out' | 'aborted', sentence: string, cause?: unknown): ToolResult => ({
  output: JSON.stringify({ error: sentence }),
  // A silent tool that failed must be heard of, or the model believes it worked.
  spoken: true,
  outcome,
  ...(cause === undefined ? {} : { cause }),
})

/**
 * Runs a tool beside the audio: validated input, a time limit, one result. Never rejects. What a tool says in a
 * {@link ToolError} reaches the model; every other error becomes one sentence without internals.
 */
export const runTool = async (
  tools: readonly Tool[],
  call: { readonly name: string; readonly argumentsJson: string },
  context: Omit<ToolContext, 'call' | 'signal'>,
  clock: Clock,
  aborted: AbortSignal,
): Promise<ToolResult> => {
  const tool = tools.find(({ name }) => name === call.name)
  if (!tool) return failure('failed', `There is no tool called "${call.name.slice(0, 64)}".`)
  const limit = new AbortController()
  const timer = clock.after(tool.timeoutMs, () => limit.abort())
  const signal = AbortSignal.any([limit.signal, aborted])
  let request: ToolRequest | undefined
  // A tool may ask for one thing; the first counts.
  const control = {
    leave: (departure: Departure) => void (request ??= { departure }),
    consult: (consultation: Consultation) => void (request ??= { consultation }),
  }
  try {
    const stopped = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(new Error('stopped'))
      signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
    })
    const value = await Promise.race([tool.invoke(call.argumentsJson, { ...context, call: control, signal }), stopped])
    const output = JSON.stringify(value ?? { status: 'done' })
    if (Buffer.byteLength(output) > MAX_OUTPUT_BYTES)
      return failure('failed', 'The result was too long. Ask for something narrower.')
    return { output, spoken: tool.result === 'spoken', outcome: 'done', ...(request ? { request } : {}) }
  } catch (cause) {
    if (aborted.aborted) return failure('aborted', 'The tool was stopped.')
    if (limit.signal.aborted)
      return failure('timed_out', 'That took too long and was stopped. Say so and offer something else.')
    if (cause instanceof ToolError) return failure('failed', cause.message)
    return failure('failed', 'That did not work. Say so and offer something else.', cause)
  } finally {
    timer.stop()
  }
}
