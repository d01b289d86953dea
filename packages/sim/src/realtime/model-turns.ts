/** The model's side of one session: one response in flight in the conversation, others beside it. */
import { type Json, type ResponseRequest } from './protocol.ts'
import { Refusal } from './refusal.ts'
import { type ActiveResponse, startResponse } from './response.ts'
import type { FreshInput } from './script.ts'
import type { SessionContext } from './session-context.ts'
import { isReasoningModel } from './dialects.ts'
import { cachedTokens, type InputPiece, inputPieces, reasoningTokens, usageOf } from './usage.ts'

/** Starts and ends responses. */
export interface ModelTurns {
  readonly isResponding: boolean
  /** Notes the input that the next response answers. */
  note(input: FreshInput): void
  /** The client adds a message of the assistant: in a new session, everything before it counts as answered. */
  saidBefore(): void
  respond(request: ResponseRequest): void
  /** A response.create of the client's; throws when one is in flight. */
  respondForClient(request: ResponseRequest): void
  interrupt(): void
  cancel(responseId: unknown): void
  /** Ends everything without events: the socket is closed. */
  abandon(): void
}

/** The responses of a session; `quiet` is told when one begins (undefined) or ends (ms of speech the caller has yet to hear). */
export function createModelTurns(
  context: SessionContext,
  quiet: (playbackLeftMs: number | undefined) => void,
): ModelTurns {
  const { setting, conversation, script, config, tools, faults, send, after } = context
  const fresh: FreshInput[] = []
  const sideResponses = new Set<ActiveResponse>()
  let active: ActiveResponse | undefined
  let earlierInput: InputPiece[] = []
  let failures = 0
  let muted = 0
  let cuts = 0
  let warming: Promise<void> | undefined

  const head = () => config().instructions + JSON.stringify(config().tools)

  function respond(request: ResponseRequest) {
    const isSide = request.conversation === 'none'
    if (!isSide) quiet(undefined)
    const inputs = isSide ? [] : fresh.splice(0)
    const pieces = inputPieces(head(), conversation.entries())
    const wasSeen = setting.seenHeads.has(head())
    const cached = cachedTokens(pieces, earlierInput.length > 0 ? earlierInput : wasSeen ? pieces.slice(0, 1) : [])
    // Ignore deleted items: after a response that only warmed the model up, the next one is the first.
    const isFirstResponse = !conversation.entries().some(({ item }) => item.role === 'assistant')
    setting.seenHeads.add(head())
    if (!isSide) earlierInput = pieces
    const scene = {
      tools: tools(),
      mayCall: (request.tool_choice ?? config().tool_choice) !== 'none',
      background: [
        config().instructions,
        ...conversation.entries().map(({ item, said }) => (item.role === 'system' ? said : '')),
      ].join('\n'),
      isFirstResponse,
    }
    const reasons = isReasoningModel(setting.model) && setting.dialect.name === 'ga'
    const thoughts = reasons ? reasoningTokens(config().reasoning?.['effort'] ?? 'low') : 0
    const response = startResponse(request, {
      conversation,
      dialect: setting.dialect,
      reasons,
      after,
      get latency() {
        return context.latency()
      },
      config,
      send,
      plan: () => (isSide ? Promise.resolve({ says: [summary()], calls: [] }) : script.plan(inputs, scene)),
      speak: setting.speak,
      failure,
      isMute,
      cut,
      floodMs: faults().floodAudioMs,
      warm,
      called: (callId, name, plan) => script.called(callId, name, plan.exchange),
      usage: (output) => usageOf(pieces, cached, output, thoughts),
      finished(audioMs, firstAudioAt) {
        sideResponses.delete(response)
        if (response !== active) return
        active = undefined
        const leftMs = firstAudioAt === undefined ? 0 : Math.max(0, firstAudioAt + audioMs - performance.now())
        quiet(leftMs)
      },
    })
    if (isSide) sideResponses.add(response)
    else active = response
  }

  function isMute(): boolean {
    const { mute } = faults()
    return mute === true || (typeof mute === 'object' && muted++ < mute.times)
  }

  function cut() {
    const { cutResponses } = faults()
    if (!cutResponses || cuts >= (cutResponses.times ?? Number.POSITIVE_INFINITY)) return undefined
    cuts++
    return cutResponses
  }

  /** Counts from the first response on, whatever becomes of it. */
  function warm(): Promise<void> {
    const { coldStartMs } = context.latency()
    if (coldStartMs <= 0) return Promise.resolve()
    return (warming ??= new Promise((resolve) => void after(coldStartMs, resolve)))
  }

  /** What a summary asked for beside the conversation says. */
  const summary = () =>
    conversation
      .entries()
      .filter(({ item }) => item.type === 'message' && item.role !== 'system')
      .map(({ item, said }) => `${item.role === 'user' ? 'Caller' : 'Assistant'}: ${said.trim() || '(unintelligible)'}`)
      .join('\n')

  function failure(): Json | undefined {
    const { failResponses } = faults()
    if (!failResponses || failures >= (failResponses.times ?? Number.POSITIVE_INFINITY)) return undefined
    failures++
    if (failResponses.error === 'server_error') {
      return {
        type: 'server_error',
        code: null,
        message: 'The server had an error while processing your request. Sorry about that!',
      }
    }
    const message = `Rate limit reached for ${setting.model} in organization org-simulated on tokens per min (TPM): Limit 40000, Used 39500, Requested 900. Please try again in 600ms.`
    return { type: 'invalid_request_error', code: 'rate_limit_exceeded', message }
  }

  return {
    get isResponding() {
      return active !== undefined
    },
    note: (input) => void fresh.push(input),
    saidBefore() {
      if (earlierInput.length === 0 && !fresh.some(({ kind }) => kind === 'heard')) fresh.length = 0
    },
    respond,
    respondForClient(request) {
      if (active && request.conversation !== 'none') {
        throw new Refusal(
          'conversation_already_has_active_response',
          `Conversation already has an active response in progress: ${active.id}. Wait until the response is finished before creating a new one.`,
        )
      }
      respond(request)
    },
    interrupt: () => active?.cancel('turn_detected'),
    cancel(responseId) {
      const response =
        responseId === undefined ? active : [active, ...sideResponses].find((one) => one?.id === responseId)
      if (!response) throw new Refusal('response_cancel_not_active', 'Cancellation failed: no active response found')
      response.cancel('client_cancelled')
    },
    abandon() {
      active?.abandon()
      for (const response of sideResponses) response.abandon()
    },
  }
}
