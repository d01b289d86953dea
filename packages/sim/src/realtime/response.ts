/** One response from created to done: its items, their audio paced as the real server paces it, and its end, whichever it is. */
import type { Conversation, Entry } from './conversation.ts'
import { bytesPerMs, toWireAudio } from './audio-formats.ts'
import type { Latency } from './faults.ts'
import { type Item, type Json, newId, type ResponseRequest, type SessionConfig, type WireEvent } from './protocol.ts'
import type { Plan } from './script.ts'
import { audioTokens, textTokens, type Tokens } from './usage.ts'

/** What a response needs of its session. */
export interface ResponseHost {
  readonly conversation: Conversation
  readonly latency: Latency
  config(): SessionConfig
  send(event: WireEvent): void
  plan(): Promise<Plan>
  speak(text: string): Promise<Buffer>
  /** An error to end with instead of speaking; undefined to speak. */
  failure(): Json | undefined
  /** True to say nothing, ever. */
  isMute(): boolean
  /** Resolves when inference has warmed up; never when the socket goes first. */
  warm(): Promise<void>
  /** Told of each call before the client hears of it. */
  called(callId: string, name: string, plan: Plan): void
  usage(output: Tokens): Json
  /** Told after response.done was sent; `audioMs` of speech, since `firstAudioAt`. */
  finished(audioMs: number, firstAudioAt: number | undefined): void
}

/** A response under way. */
export interface ActiveResponse {
  readonly id: string
  cancel(reason: 'turn_detected' | 'client_cancelled'): void
  /** Ends without a word: the socket is gone. */
  abandon(): void
}

type Ending = { status: 'completed' | 'cancelled' | 'failed' | 'incomplete'; details: Json | null }

// The real deltas are not whole 20 ms frames: 150 ms is 7.5 of them.
const DELTA_SIZES_MS = [100, 200, 150] as const
const WORDS_PER_TEXT_DELTA = 3
const TOO_LONG: Ending = { status: 'incomplete', details: { type: 'incomplete', reason: 'max_output_tokens' } }

/** Starts a response; everything is sent through the host. */
export function startResponse(request: ResponseRequest, host: ResponseHost): ActiveResponse {
  const id = newId('resp')
  const config = host.config()
  const isOutOfBand = request.conversation === 'none'
  const modalities = request.output_modalities ?? config.output_modalities
  const format = request.audio?.output?.format ?? config.audio.output.format
  const maxTokens = request.max_output_tokens ?? config.max_output_tokens
  const output: Entry[] = []
  let open: { entry: Entry; words: string[] } | undefined
  let isOver = false
  let wake: (() => void) | undefined
  let firstAudioAt: number | undefined

  const send = (type: string, rest: Json) => host.send({ type, ...rest })
  const spoken = (): Tokens => ({
    audio: output.reduce((sum, { audioMs }) => sum + audioTokens(audioMs, 'assistant'), 0),
    text: output.reduce((sum, { said, item }) => sum + textTokens(item.arguments ?? said), 0),
  })
  const describe = (ending: Ending | { status: 'in_progress'; details: null }): Json => ({
    object: 'realtime.response',
    id,
    status: ending.status,
    status_details: ending.details,
    output: ending.status === 'in_progress' ? [] : output.map(({ item }) => item),
    conversation_id: isOutOfBand ? null : host.conversation.id,
    output_modalities: modalities,
    max_output_tokens: maxTokens,
    audio: { output: { format, voice: request.audio?.output?.voice ?? config.audio.output.voice } },
    usage: ending.status === 'in_progress' ? null : host.usage(spoken()),
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

  function addItem(item: Item): Entry {
    const entry: Entry = { item, audioMs: 0, said: '' }
    const previous = host.conversation.lastId()
    output.push(entry)
    send('response.output_item.added', { response_id: id, output_index: output.length - 1, item })
    if (!isOutOfBand) {
      host.conversation.append(entry)
      send('conversation.item.added', { previous_item_id: previous, item })
    }
    return entry
  }

  function closeItem({ item }: Entry, status: 'completed' | 'incomplete') {
    item.status = status
    send('response.output_item.done', { response_id: id, output_index: output.length - 1, item })
    if (!isOutOfBand) send('conversation.item.done', { previous_item_id: idBefore(item.id), item })
  }

  const idBefore = (itemId: string) => {
    const entries = host.conversation.entries()
    return entries[entries.findIndex(({ item }) => item.id === itemId) - 1]?.item.id ?? null
  }

  /** Ends the message that is open, with as much of it as was sent. */
  function closeMessage(status: 'completed' | 'incomplete') {
    if (!open) return
    const { entry } = open
    open = undefined
    const where = partOf(entry)
    const isAudio = modalities.includes('audio')
    if (isAudio) {
      send('response.output_audio.done', where)
      send('response.output_audio_transcript.done', { ...where, transcript: entry.said })
    } else {
      send('response.output_text.done', { ...where, text: entry.said })
    }
    entry.item.content = [
      isAudio ? { type: 'output_audio', transcript: entry.said } : { type: 'output_text', text: entry.said },
    ]
    // The part keeps the short names in both dialects; only the item's content was renamed.
    const part = isAudio ? { type: 'audio', transcript: entry.said } : { type: 'text', text: entry.said }
    send('response.content_part.done', { ...where, part })
    closeItem(entry, status)
  }

  const partOf = ({ item }: Entry) => ({
    response_id: id,
    item_id: item.id,
    output_index: output.findIndex((entry) => entry.item === item),
    content_index: 0,
  })

  function finish(ending: Ending) {
    if (isOver) return
    isOver = true
    wake?.()
    closeMessage(ending.status === 'completed' ? 'completed' : 'incomplete')
    send('response.done', { response: describe(ending) })
    host.finished(
      output.reduce((sum, { audioMs }) => sum + audioMs, 0),
      firstAudioAt,
    )
  }

  const isTooLong = () => {
    const { audio, text } = spoken()
    return maxTokens !== 'inf' && audio + text > maxTokens
  }

  async function say(sentence: string) {
    const isAudio = modalities.includes('audio')
    const speech = isAudio ? toWireAudio(await host.speak(sentence), format) : undefined
    if (isOver) return
    const entry = addItem({
      id: newId('item'),
      object: 'realtime.item',
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
      content: [],
    })
    open = { entry, words: sentence.match(/\S+\s*/g) ?? [] }
    const where = partOf(entry)
    send('response.content_part.added', {
      ...where,
      part: isAudio ? { type: 'audio', transcript: '' } : { type: 'text', text: '' },
    })
    const sayWords = (share: number) => {
      const words = open?.words.splice(0, Math.ceil((open.words.length || 1) * share)) ?? []
      if (words.length === 0) return
      entry.said += words.join('')
      send(isAudio ? 'response.output_audio_transcript.delta' : 'response.output_text.delta', {
        ...where,
        delta: words.join(''),
      })
    }
    if (speech) await sendAudio(entry, speech, sayWords)
    else {
      for (let left = Math.ceil(open.words.length / WORDS_PER_TEXT_DELTA); left > 0; left--) {
        sayWords(1 / left)
        if (isTooLong()) return finish(TOO_LONG)
      }
    }
    if (isOver) return
    sayWords(1)
    closeMessage('completed')
  }

  async function sendAudio(entry: Entry, speech: Buffer, sayWords: (share: number) => void) {
    const rate = bytesPerMs(format)
    for (let at = 0, count = 0; at < speech.length; count++) {
      const sizeMs = DELTA_SIZES_MS[count % DELTA_SIZES_MS.length]!
      const piece = speech.subarray(at, at + sizeMs * rate)
      // Words run ahead of the audio, as the real transcript does.
      sayWords(Math.min(1, (piece.length * 1.5) / (speech.length - at)))
      entry.audioMs += piece.length / rate
      firstAudioAt ??= performance.now()
      send('response.output_audio.delta', { ...partOf(entry), delta: piece.toString('base64') })
      at += piece.length
      if (isOver) return
      if (isTooLong()) return finish(TOO_LONG)
      await sleep(sizeMs / host.latency.audioSpeed)
      if (isOver) return
    }
  }

  function callTool(call: Plan['calls'][number], plan: Plan) {
    const callId = newId('call')
    host.called(callId, call.name, plan)
    const entry = addItem({
      id: newId('item'),
      object: 'realtime.item',
      type: 'function_call',
      status: 'in_progress',
      name: call.name,
      call_id: callId,
      arguments: '',
    })
    const where = { response_id: id, item_id: entry.item.id, output_index: output.length - 1, call_id: callId }
    const middle = Math.ceil(call.arguments.length / 2)
    for (const delta of [call.arguments.slice(0, middle), call.arguments.slice(middle)].filter(Boolean)) {
      send('response.function_call_arguments.delta', { ...where, delta })
    }
    entry.item.arguments = call.arguments
    send('response.function_call_arguments.done', { ...where, name: call.name, arguments: call.arguments })
    closeItem(entry, 'completed')
  }

  async function run() {
    send('response.created', { response: describe({ status: 'in_progress', details: null }) })
    send('rate_limits.updated', {
      rate_limits: [
        { name: 'requests', limit: 200, remaining: 199, reset_seconds: 0.3 },
        { name: 'tokens', limit: 40_000, remaining: 39_000, reset_seconds: 1.5 },
      ],
    })
    if (host.isMute()) return
    const planned = host.plan().then(async (plan) => {
      // The voice works while the model "thinks", so that the delay is the one asked for.
      if (plan.says[0] && modalities.includes('audio')) await host.speak(plan.says[0])
      return plan
    })
    const ready = host.warm().then(() => (isOver ? undefined : sleep(host.latency.firstAudioMs)))
    const [plan] = await Promise.all([planned, ready])
    if (isOver) return
    const failure = host.failure()
    if (failure) return finish({ status: 'failed', details: { type: 'failed', error: failure } })
    for (const sentence of plan.says) {
      await say(sentence)
      if (isOver) return
    }
    for (const call of plan.calls) callTool(call, plan)
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
