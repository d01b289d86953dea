import type { Clock } from '../clock.ts'
import type { LineCapabilities } from '../line.ts'
import { telephoneText } from '../telephone/telephone.ts'
import { ToolError, type CallControl, type Tool, type ToolContext } from '../mode/tool.ts'
import type { Allowance, GrantRefusal } from './allowance.ts'
import { cut } from './cut.ts'
import type { Consultation, ToolRequest } from '../departure.ts'

/** The model pays for every byte on every later turn, and reads nothing this long aloud. */
const MAX_OUTPUT_BYTES = 16_384
/** No tool of ours takes a tenth of it; what is longer is not even parsed. */
const MAX_INPUT_BYTES = 16_384
/** A sentence for the model, whoever wrote it. */
const MAX_SENTENCE_LENGTH = 1_000

/** What became of a tool call: exactly one per call, whatever the tool did. */
export interface ToolResult {
  /** What the model is told: JSON. */
  readonly output: string
  readonly spoken: boolean
  readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
  /** It ran, and has not done what it was called for: nothing was stored, or the caller stays. */
  readonly undone?: true
  readonly request?: ToolRequest
  /** What the call may not do any more. */
  readonly refused?: GrantRefusal
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

/** What the model is told of a wish that the line has no way to fulfil. */
const CANNOT = {
  sendKeys: 'No keys can be pressed on this line. Say so if it matters, and go on by speaking.',
  record: 'No message can be recorded on this line. Say so, and offer to take a message yourself.',
  dialExtension:
    'No extension can be dialled on this line. Say that they cannot be reached, and offer what else you can do.',
  ringPersons: 'Nobody can be asked first on this line. Say so, and offer what else you can do.',
}

const refusalOf = (refused: GrantRefusal): ToolResult => ({ ...failure('failed', refused.sentence), refused })

/** What a tool's run depends on beside its input. */
export interface ToolRunOptions {
  readonly clock: Clock
  /** Aborted when the call is over. */
  readonly aborted: AbortSignal
  /** What the call may still do. */
  readonly allowance: Allowance
  /** What the line can do. */
  readonly line: LineCapabilities
  /** Why this number is not rung any more. */
  refuseRing(number: string): GrantRefusal | undefined
}

/**
 * Runs a tool beside the audio: within the call's grant, with validated input and a time limit, and one result. Never
 * rejects. What a tool says in a {@link ToolError} reaches the model; every other error becomes one sentence without
 * internals.
 */
export const runTool = async (
  tools: readonly Tool[],
  call: { readonly name: string; readonly argumentsJson: string },
  context: Omit<ToolContext, 'call' | 'signal'>,
  options: ToolRunOptions,
): Promise<ToolResult> => {
  const tool = tools.find(({ name }) => name === call.name)
  // What cannot be run counts too: answering it costs a reply all the same.
  const tooMuch = options.allowance.take(tool ?? {})
  if (tooMuch) return refusalOf(tooMuch)
  if (tool && Buffer.byteLength(call.argumentsJson) <= MAX_INPUT_BYTES)
    return toldOf(tool, await runGranted(tool, call.argumentsJson, context, options))
  options.allowance.giveBack(tool ?? {}, false)
  return toldOf(
    tool,
    failure(
      'failed',
      tool
        ? 'The arguments were too long. Call the tool again with less.'
        : `There is no tool called "${cut(call.name, 64)}".`,
    ),
  )
}

/** Who wanted to say nothing is not asked for a word because that has failed: it would fail again, and be asked again. */
const toldOf = (tool: Tool | undefined, result: ToolResult): ToolResult =>
  tool?.effect === 'listen' ? { ...result, spoken: false } : result

const runGranted = async (
  tool: Tool,
  argumentsJson: string,
  context: Omit<ToolContext, 'call' | 'signal'>,
  { clock, aborted, allowance, line, refuseRing }: ToolRunOptions,
): Promise<ToolResult> => {
  const limit = new AbortController()
  const timer = clock.after(tool.timeoutMs, () => limit.abort())
  const signal = AbortSignal.any([limit.signal, aborted])
  let request: ToolRequest | undefined
  let refused: GrantRefusal | undefined
  // What was stopped may have stored something all the same.
  let mayHaveStored = true
  const ring = (number: string): void => {
    refused = refuseRing(number)
    if (refused) throw new ToolError(refused.sentence)
  }
  const reach = ({ extension }: Pick<Consultation, 'extension'>): void => {
    if (extension !== undefined && !line.sendsKeys) throw new ToolError(CANNOT.dialExtension)
  }
  // A tool may ask for one thing; the first counts.
  const control: CallControl = {
    leave(departure, lastWords = 'once') {
      if (departure.kind === 'keys' && !line.sendsKeys) throw new ToolError(CANNOT.sendKeys)
      if (departure.kind === 'voicemail' && !line.records) throw new ToolError(CANNOT.record)
      if (departure.kind === 'transfer') {
        reach(departure)
        ring(telephoneText(departure))
      }
      request ??= { departure, lastWords }
    },
    consult(consultation) {
      if (!line.ringsPersons) throw new ToolError(CANNOT.ringPersons)
      reach(consultation)
      ring(telephoneText(consultation))
      request ??= { consultation }
    },
    keepListening(listening) {
      request ??= { listening }
    },
  }
  try {
    const stopped = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(new Error('stopped'))
      signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
    })
    // A tool that throws before it is waited for leaves nobody to hear of this.
    stopped.catch(() => {})
    const value = await Promise.race([tool.invoke(argumentsJson, { ...context, call: control, signal }), stopped])
    mayHaveStored = typeof tool.writes !== 'function' || tool.writes(value)
    const output = JSON.stringify(value ?? { status: 'done' })
    if (Buffer.byteLength(output) > MAX_OUTPUT_BYTES)
      return failure('failed', 'The result was too long. Ask for something narrower.')
    const isUndone = !mayHaveStored || (tool.effect === 'leave' && !request)
    return {
      output,
      spoken: tool.result === 'spoken',
      outcome: 'done',
      ...(isUndone ? { undone: true } : {}),
      ...(request ? { request } : {}),
    }
  } catch (cause) {
    if (aborted.aborted) return failure('aborted', 'The tool was stopped.')
    if (limit.signal.aborted)
      return failure('timed_out', 'That took too long and was stopped. Say so and offer something else.')
    mayHaveStored = false
    if (refused) return refusalOf(refused)
    if (cause instanceof ToolError) return failure('failed', cut(cause.message, MAX_SENTENCE_LENGTH))
    // Whoever throws nothing has failed all the same, and the operator hears of it.
    return failure(
      'failed',
      'That did not work. Say so and offer something else.',
      cause ?? new Error('No reason given.'),
    )
  } finally {
    timer.stop()
    allowance.giveBack(tool, mayHaveStored)
  }
}
