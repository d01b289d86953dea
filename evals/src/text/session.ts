/** An event of either direction, as far as the bridge looks into it. */
interface WireEvent {
  readonly type: string
  readonly [key: string]: unknown
}

type Json = Readonly<Record<string, unknown>>

/** One session between a call and its model. */
export interface TextSession {
  fromCall(event: WireEvent): void
  fromModel(event: WireEvent): void
  speechStarted(): void
  speechStopped(text: string): void
  readonly isBusy: boolean
}

export interface TextSessionOptions {
  toModel(event: WireEvent): void
  toCall(event: WireEvent): void
  firstWords(ms: number): void
}

/** Ids of what the bridge itself sends, so that the call does not hear of what becomes of it. */
const OURS = 'spoken_'
const REPLY = `${OURS}reply_`
/** A letter of speech; an English word takes about a third of a second. */
const LETTER_MS = 60
const FRAME_MS = 20
const ULAW_BYTES_PER_MS = 8
const ULAW_SILENCE = 0xff

const durationOf = (text: string): number => Math.max(1, Math.round((text.length * LETTER_MS) / FRAME_MS)) * FRAME_MS

const soundOf = (text: string): string =>
  Buffer.alloc(durationOf(text) * ULAW_BYTES_PER_MS, ULAW_SILENCE).toString('base64')

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

/** What each wire calls what is written, and what it would call it if it were spoken. */
const NAMES = {
  nested: {
    audio: 'response.output_audio.delta',
    audioDone: 'response.output_audio.done',
    transcriptDone: 'response.output_audio_transcript.done',
    added: 'conversation.item.added',
  },
  flat: {
    audio: 'response.audio.delta',
    audioDone: 'response.audio.done',
    transcriptDone: 'response.audio_transcript.done',
    added: 'conversation.item.created',
  },
} as const

/** Translates one session: what the caller says becomes text, and what the model writes becomes the sound of as many words. */
export const createTextSession = ({ toModel, toCall, firstWords }: TextSessionOptions): TextSession => {
  let wire: keyof typeof NAMES = 'nested'
  let answers = true
  let stopsItself = true
  let responding = false
  /** Asked for by the end of a turn while another one was being written. */
  let isOwed = false
  let askedAt: number | undefined
  let outputFormat: unknown
  let turns = 0
  let lastItemId: unknown = null
  const spokenMs = new Map<string, number>()
  const written = new Map<string, string>()
  const spokenTurns = new Map<string, string>()

  const ask = (): void => {
    askedAt ??= performance.now()
    responding = true
    toModel({ type: 'response.create', event_id: `${REPLY}${turns}` })
  }

  const noticeTurns = (turnDetection: unknown): void => {
    if (turnDetection === undefined) return
    const { create_response: creates = true, interrupt_response: interrupts = true } = record(turnDetection)
    answers = turnDetection !== null && creates === true
    stopsItself = turnDetection !== null && interrupts === true
  }

  /** The session as it is asked of a model that writes. */
  const asText = (session: Json): Json => {
    const isFlat = 'modalities' in session || 'input_audio_format' in session
    if (isFlat) wire = 'flat'
    else if (session['type'] === 'realtime') wire = 'nested'
    const audio = record(session['audio'])
    noticeTurns(wire === 'flat' ? session['turn_detection'] : record(audio['input'])['turn_detection'])
    outputFormat ??= record(audio['output'])['format']
    return {
      ...session,
      ...('output_modalities' in session ? { output_modalities: ['text'] } : {}),
      ...('modalities' in session ? { modalities: ['text'] } : {}),
    }
  }

  /** Only what was heard stays in the conversation: text cannot be cut, so it is written again. */
  const cut = (itemId: string, heardMs: number): void => {
    const words = (written.get(itemId) ?? '').split(' ')
    const all = spokenMs.get(itemId) ?? 0
    const heard = words.slice(0, Math.floor((words.length * heardMs) / Math.max(1, all))).join(' ')
    toModel({ type: 'conversation.item.delete', event_id: `${OURS}cut`, item_id: itemId })
    if (heard === '') return
    const content = [{ type: wire === 'flat' ? 'text' : 'output_text', text: `${heard} —` }]
    toModel({
      type: 'conversation.item.create',
      event_id: `${OURS}cut`,
      item: { type: 'message', role: 'assistant', content },
    })
  }

  const wordsCame = (): void => {
    if (askedAt === undefined) return
    firstWords(performance.now() - askedAt)
    askedAt = undefined
  }

  /** What became of something that the bridge itself has asked for. */
  const refused = (error: Json): void => {
    if (!String(error['event_id']).startsWith(REPLY)) return
    // One that nobody knew of is being written: the turn is answered behind it, as the server would do.
    if (error['code'] === 'conversation_already_has_active_response') isOwed = true
    else responding = false
  }

  const fromModel = (event: WireEvent): void => {
    const { response_id, output_index, content_index, item_id } = event
    const place = { response_id, output_index, content_index, item_id }
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.text.delta': {
        wordsCame()
        const text = String(event['delta'])
        const id = String(item_id)
        spokenMs.set(id, (spokenMs.get(id) ?? 0) + durationOf(text))
        written.set(id, (written.get(id) ?? '') + text)
        return toCall({ type: NAMES[wire].audio, ...place, delta: soundOf(text) })
      }
      case 'response.output_text.done':
      case 'response.text.done':
        toCall({ type: NAMES[wire].transcriptDone, ...place, transcript: event['text'] })
        return toCall({ type: NAMES[wire].audioDone, ...place })
      case 'response.created':
        responding = true
        return toCall(event)
      case 'response.done':
        // One that only called a tool had no first word.
        askedAt = undefined
        responding = false
        toCall(event)
        if (isOwed) {
          isOwed = false
          ask()
        }
        return
      case 'session.created':
      case 'session.updated': {
        const session = record(event['session'])
        const audio = record(session['audio'])
        // Who writes has no format to speak in; the call wants to see the one it asked for.
        if (event.type === 'session.created' || wire === 'flat' || outputFormat === undefined) return toCall(event)
        const output = { ...record(audio['output']), format: outputFormat }
        return toCall({ ...event, session: { ...session, audio: { ...audio, output } } })
      }
      case 'conversation.item.added':
      case 'conversation.item.created': {
        const item = record(event['item'])
        const id = String(item['id'])
        lastItemId = item['id'] ?? lastItemId
        const said = spokenTurns.get(id)
        if (said === undefined) return toCall(event)
        toCall({ ...event, item: { ...item, content: [{ type: 'input_audio', transcript: null }] } })
        spokenTurns.delete(id)
        toCall({
          type: 'conversation.item.input_audio_transcription.completed',
          item_id: id,
          content_index: 0,
          transcript: said,
        })
        return
      }
      case 'error':
        return String(record(event['error'])['event_id']).startsWith(OURS)
          ? refused(record(event['error']))
          : toCall(event)
      default:
        toCall(event)
    }
  }

  const fromCall = (event: WireEvent): void => {
    switch (event.type) {
      case 'session.update':
        return toModel({ ...event, session: asText(record(event['session'])) })
      case 'response.create':
        askedAt ??= performance.now()
        responding = true
        return toModel(event)
      case 'input_audio_buffer.append':
      case 'input_audio_buffer.commit':
        return
      case 'conversation.item.truncate':
        return cut(String(event['item_id']), Number(event['audio_end_ms']))
      default:
        toModel(event)
    }
  }

  return {
    fromCall,
    fromModel,
    get isBusy() {
      return responding || isOwed
    },
    speechStarted() {
      turns++
      toCall({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: `${OURS}turn_${turns}` })
      if (responding && stopsItself) toModel({ type: 'response.cancel', event_id: `${OURS}cancel` })
    },
    speechStopped(text) {
      const item_id = `${OURS}turn_${turns}`
      spokenTurns.set(item_id, text)
      toCall({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 0, item_id })
      toCall({ type: 'input_audio_buffer.committed', previous_item_id: lastItemId, item_id })
      toModel({
        type: 'conversation.item.create',
        event_id: item_id,
        item: { id: item_id, type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
      })
      if (!answers) return
      if (responding) isOwed = true
      else ask()
    },
  }
}
