/** One response from created to done: its items, their audio paced as the real server paces it, and its end, whichever it is. */
import type { Conversation } from './conversation.ts'
import { bytesPerMs, toWireAudio } from './audio-formats.ts'
import type { Dialect } from './dialects.ts'
import type { Latency } from './faults.ts'
import { createOutputItems, type OpenCall, type OpenMessage } from './output-items.ts'
import { type Json, newId, type ResponseRequest, type SessionConfig, type WireEvent } from './protocol.ts'
import type { Plan } from './script.ts'
import type { Tokens } from './usage.ts'

/** The parts of a session that a response needs. */
export interface ResponseHost {
  readonly conversation: Conversation
  readonly dialect: Dialect
  readonly latency: Latency
  /** The model reasons before it speaks: it marks each message as answer or not, and its reasoning costs tokens. */
  readonly reasons: boolean
  config(): SessionConfig
  send(event: WireEvent): void
  /** A timer that ends with the session. */
  after(ms: number, action: () => void): void
  plan(): Promise<Plan>
  speak(text: string): Promise<Buffer>
  /** An error to end with instead of speaking; undefined to speak. */
  failure(): Json | undefined
  /** True to say nothing, ever. */
  isMute(): boolean
  /** Where and why to end in the middle; undefined to speak on. Asked once, when there is something to say. */
  cut(): { deltas: number; reason: string } | undefined
  /** How long each sentence is made, and sent at once; undefined to say it as it is. */
  readonly floodMs: number | undefined
  /** Resolves when inference has warmed up; never when the socket goes first. */
  warm(): Promise<void>
  /** Called with each complete tool call, before the client gets it. */
  called(callId: string, name: string, plan: Plan): void
  usage(output: Tokens): Json
  /** Called after response.done was sent; `audioMs` of speech, since `firstAudioAt`. */
  finished(audioMs: number, firstAudioAt: number | undefined): void
}

/** A response under way. */
export interface ActiveResponse {
  readonly id: string
  cancel(reason: 'turn_detected' | 'client_cancelled'): void
  /** Ends without events: the socket is closed. */
  abandon(): void
}

type Ending = { status: 'completed' | 'cancelled' | 'failed' | 'incomplete'; details: Json | null }

const ULAW_BYTES_PER_MS = 8
// The real deltas are not whole 20 ms frames: 150 ms is 7.5 of them.
const DELTA_SIZES_MS = [100, 200, 150] as const
const WORDS_PER_TEXT_DELTA = 3
/** How much further the words are than the audio. */
const WORDS_AHEAD = 2
const RATE_LIMITS_AFTER_MS = 40
const TOKENS_PER_MINUTE = 200_000
const incomplete = (reason: string): Ending => ({ status: 'incomplete', details: { type: 'incomplete', reason } })
const TOO_LONG = incomplete('max_output_tokens')
/** So many pieces of a flood go out between two turns of the loop. */
const FLOOD_PIECES = 100

/** Starts a response; everything is sent through the host. */
export function startResponse(request: ResponseRequest, host: ResponseHost): ActiveResponse {
  const id = newId('resp')
  const config = host.config()
  const isOutOfBand = request.conversation === 'none'
  const modalities = request.output_modalities ?? config.output_modalities
  const isAudio = modalities.includes('audio')
  const format = request.audio?.output?.format ?? config.audio.output.format
  const maxTokens = request.max_output_tokens ?? config.max_output_tokens
  let plan: Plan = { says: [], calls: [] }
  let isOver = false
  let wake: (() => void) | undefined
  let firstAudioAt: number | undefined
  let cut: ReturnType<ResponseHost['cut']>

  const send = (type: string, rest: Json) => host.send({ type, ...rest })
  const output = createOutputItems({
    responseId: id,
    conversation: host.conversation,
    isOutOfBand,
    isAudio,
    send,
    called: (callId, name) => host.called(callId, name, plan),
  })
  const describe = (ending: Ending | { status: 'in_progress'; details: null }): Json => ({
    object: 'realtime.response',
    id,
    status: ending.status,
    status_details: ending.details,
    output: ending.status === 'in_progress' ? [] : output.items(),
    conversation_id: isOutOfBand ? null : host.conversation.id,
    output_modalities: modalities,
    max_output_tokens: maxTokens,
    audio: { output: { format, voice: request.audio?.output?.voice ?? config.audio.output.voice } },
    usage: ending.status === 'in_progress' ? null : host.usage(output.tokens()),
    metadata: request.metadata ?? null,
  })

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const sendRateLimits = (names: readonly string[], used: number) => {
    const limit = TOKENS_PER_MINUTE
    const tokens = { name: 'tokens', limit, remaining: limit - used, reset_seconds: (used * 60) / limit }
    const requests = { name: 'requests', limit: 200, remaining: 199, reset_seconds: 0.3 }
    send('rate_limits.updated', { rate_limits: names.includes('requests') ? [requests, tokens] : [tokens] })
  }

  function finish(ending: Ending) {
    if (isOver) return
    isOver = true
    wake?.()
    output.closeAll(ending.status === 'completed' ? 'completed' : 'incomplete')
    const response = describe(ending)
    send('response.done', { response })
    const { total_tokens: used } = response['usage'] as { total_tokens: number }
    if (host.dialect.rateLimits === 'afterDone' && ending.status !== 'cancelled')
      host.after(RATE_LIMITS_AFTER_MS, () => sendRateLimits(['tokens'], used))
    host.finished(output.audioMs(), firstAudioAt)
  }

  const isTooLong = () => {
    const { audio, text } = output.tokens()
    return maxTokens !== 'inf' && audio + text > maxTokens
  }

  /** Says a sentence; `calls` begin while it is still being spoken. */
  async function say(sentence: string, calls: Plan['calls']) {
    const speech = isAudio ? toWireAudio(flooded(await host.speak(sentence)), format) : undefined
    if (isOver) return
    const message = output.beginMessage(host.reasons ? phaseOf(plan) : undefined)
    const words: string[] = sentence.match(/\S+\s*/g) ?? []
    const sayWords = (share: number) => {
      const said = words.splice(0, Math.ceil((words.length || 1) * share))
      if (said.length > 0) message.words(said.join(''))
    }
    if (speech) await sendAudio(message, speech, words, sayWords, calls)
    else {
      for (let left = Math.ceil(words.length / WORDS_PER_TEXT_DELTA); left > 0; left--) {
        sayWords(1 / left)
        if (isTooLong()) return finish(TOO_LONG)
      }
    }
    if (!isOver) output.closeAll('completed')
  }

  const flooded = (speech: Buffer): Buffer =>
    host.floodMs === undefined ? speech : Buffer.alloc(host.floodMs * ULAW_BYTES_PER_MS, speech)

  async function sendAudio(
    message: OpenMessage,
    speech: Buffer,
    wordsLeft: readonly string[],
    sayWords: (share: number) => void,
    calls: Plan['calls'],
  ) {
    const rate = bytesPerMs(format)
    let begun: OpenCall[] | undefined
    for (let at = 0, count = 0; at < speech.length; count++) {
      if (begun) for (const call of begun) call.write()
      // Tool calls follow the words while the audio is still being sent.
      else if (at > 0 && wordsLeft.length === 0) begun = calls.map(output.beginCall)
      const sizeMs = DELTA_SIZES_MS[count % DELTA_SIZES_MS.length]!
      const piece = speech.subarray(at, at + sizeMs * rate)
      sayWords(Math.min(1, (piece.length * WORDS_AHEAD) / (speech.length - at)))
      firstAudioAt ??= performance.now()
      message.audio(piece, piece.length / rate)
      at += piece.length
      if (isOver) return
      if (cut && count + 1 >= cut.deltas) return finish(incomplete(cut.reason))
      if (host.floodMs !== undefined) {
        if (count % FLOOD_PIECES === 0) await sleep(0)
      } else if (isTooLong()) return finish(TOO_LONG)
      else await sleep(sizeMs / host.latency.audioSpeed)
      if (isOver) return
    }
    if (!begun) calls.map(output.beginCall)
  }

  async function run() {
    send('response.created', { response: describe({ status: 'in_progress', details: null }) })
    if (host.dialect.rateLimits === 'afterCreated') sendRateLimits(['requests', 'tokens'], 1000)
    if (host.isMute()) return
    const planned = host.plan().then(async (made) => {
      // The voice works while the model "thinks", so that the delay is the one asked for.
      if (made.says[0] && isAudio) await host.speak(made.says[0])
      return made
    })
    const ready = host.warm().then(() => (isOver ? undefined : sleep(host.latency.firstAudioMs)))
    ;[plan] = await Promise.all([planned, ready])
    if (isOver) return
    const failure = host.failure()
    if (failure) return finish({ status: 'failed', details: { type: 'failed', error: failure } })
    cut = plan.says.length > 0 ? host.cut() : undefined
    if (cut?.deltas === 0) return finish(incomplete(cut.reason))
    const begin = plan.callsBegin ?? host.dialect.callsBegin
    const isTogether = begin === 'whileSpeaking' && isAudio && plan.says.length > 0
    for (const [index, sentence] of plan.says.entries()) {
      await say(sentence, isTogether && index === plan.says.length - 1 ? plan.calls : [])
      if (isOver) return
    }
    for (const call of isTogether ? [] : plan.calls) {
      output.beginCall(call)
      output.closeAll('completed')
    }
    finish({ status: 'completed', details: null })
  }

  run().catch((error: unknown) => {
    finish({
      status: 'failed',
      details: { type: 'failed', error: { type: 'server_error', code: null, message: String(error) } },
    })
  })

  return {
    id,
    cancel: (reason) => finish({ status: 'cancelled', details: { type: 'cancelled', reason } }),
    abandon() {
      isOver = true
      wake?.()
    },
  }
}

/** Words along with a tool call are not the answer yet. */
const phaseOf = ({ calls }: Plan) => (calls.length > 0 ? 'commentary' : 'final_answer')
