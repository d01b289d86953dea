import type { Clock } from '../clock.ts'
import type { LineCapabilities } from '../line.ts'
import { telephoneText } from '../telephone/telephone.ts'
import { ToolError, type CallControl, type Tool, type ToolContext } from '../mode/tool.ts'
import type { Allowance, GrantRefusal } from './allowance.ts'
import { shortenText } from './shorten-text.ts'
import type { Consultation, ToolRequest } from '../departure.ts'

/** Longest output: the model pays for it on every later turn, and reads nothing that long aloud. */
const MAX_OUTPUT_BYTES = 16_384
/** Longest input; no tool of ours needs a tenth of it. Longer input is not parsed. */
const MAX_INPUT_BYTES = 16_384
/** Longest message of a {@link ToolError} that is passed on. */
const MAX_SENTENCE_LENGTH = 1_000

/** The result of a tool call: exactly one, whatever the tool did. */
export interface ToolResult {
  /** What the model is told: JSON. */
  readonly output: string
  readonly spoken: boolean
  readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
  /** It ran without doing what it was called for: nothing was stored, or the caller stays. */
  readonly undone?: true
  readonly request?: ToolRequest
  /** The limit of the grant that was reached. */
  readonly refused?: GrantRefusal
  /** For the log; the model never hears it. */
  readonly cause?: unknown
}

const failure = (outcome: 'failed' | 'timed_out' | 'aborted', sentence: string, cause?: unknown): ToolResult => ({
  output: JSON.stringify({ error: sentence }),
  // The failure of a silent tool must be spoken, or the model believes it worked.
  spoken: true,
  outcome,
  ...(cause === undefined ? {} : { cause }),
})

/** What the model is told of a request that the line cannot fulfil. */
const CANNOT = {
  sendKeys: 'No keys can be pressed on this line. Say so if it matters, and go on by speaking.',
  record: 'No message can be recorded on this line. Say so, and offer to take a message yourself.',
  dialExtension:
    'No extension can be dialled on this line. Say that they cannot be reached, and offer what else you can do.',
  ringPersons: 'Nobody can be asked first on this line. Say so, and offer what else you can do.',
}

const refusalOf = (refused: GrantRefusal): ToolResult => ({ ...failure('failed', refused.sentence), refused })

/** What running a tool depends on, apart from its input. */
export interface ToolRunOptions {
  readonly clock: Clock
  /** Aborted when the call is over. */
  readonly aborted: AbortSignal
  /** What is left of the call's grant. */
  readonly allowance: Allowance
  /** What the line can do. */
  readonly line: LineCapabilities
  /** Why this number may not be rung; undefined when it may. */
  refuseRing(number: string): GrantRefusal | undefined
}

/**
 * Runs a tool within the call's grant, with validated input and a time limit. Never rejects. The message of a
 * {@link ToolError} reaches the model; every other error becomes one sentence without internals.
 */
export const runTool = async (
  tools: readonly Tool[],
  call: { readonly name: string; readonly argumentsJson: string },
  context: Omit<ToolContext, 'call' | 'signal'>,
  options: ToolRunOptions,
): Promise<ToolResult> => {
  const tool = tools.find(({ name }) => name === call.name)
  // A call that cannot be run counts too: answering it costs a reply.
  const tooMuch = options.allowance.take(tool ?? {})
  if (tooMuch) return refusalOf(tooMuch)
  if (tool && Buffer.byteLength(call.argumentsJson) <= MAX_INPUT_BYTES)
    return keepListenToolSilent(tool, await runGranted(tool, call.argumentsJson, context, options))
  options.allowance.giveBack(tool ?? {}, false)
  return keepListenToolSilent(
    tool,
    failure(
      'failed',
      tool
        ? 'The arguments were too long. Call the tool again with less.'
        : `There is no tool called "${shortenText(call.name, 64)}".`,
    ),
  )
}

/** A failed keep_listening stays silent: a reply about it would only lead to the next failing call. */
const keepListenToolSilent = (tool: Tool | undefined, result: ToolResult): ToolResult =>
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
  // A tool that was stopped may have stored something.
  let mayHaveStored = true
  const ring = (number: string): void => {
    refused = refuseRing(number)
    if (refused) throw new ToolError(refused.sentence)
  }
  const checkExtension = ({ extension }: Pick<Consultation, 'extension'>): void => {
    if (extension !== undefined && !line.sendsKeys) throw new ToolError(CANNOT.dialExtension)
  }
  // Only the first request of a tool counts.
  const control: CallControl = {
    leave(departure, lastWords = 'once') {
      if (departure.kind === 'keys' && !line.sendsKeys) throw new ToolError(CANNOT.sendKeys)
      if (departure.kind === 'voicemail' && !line.records) throw new ToolError(CANNOT.record)
      if (departure.kind === 'transfer') {
        checkExtension(departure)
        ring(telephoneText(departure))
      }
      request ??= { departure, lastWords }
    },
    consult(consultation) {
      if (!line.ringsPersons) throw new ToolError(CANNOT.ringPersons)
      checkExtension(consultation)
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
    // If the tool throws synchronously, nobody awaits this promise: avoid an unhandled rejection.
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
    if (cause instanceof ToolError) return failure('failed', shortenText(cause.message, MAX_SENTENCE_LENGTH))
    // `throw undefined` is a failure too, and is logged.
    return failure(
      'failed',
      'That did not work. Say so and offer something else.',
      cause ?? new Error('The tool threw undefined.'),
    )
  } finally {
    timer.stop()
    allowance.giveBack(tool, mayHaveStored)
  }
}
