import type { Payloads } from './payloads.ts'

/** One reply: three seconds of speech, delivered ten times faster than it plays, as the real server does. */
const DELTAS_PER_REPLY = 15

/** What a fake session says. */
export interface FakeReplies {
  readonly deltasSent: number
  /** A reply is being spoken. */
  readonly active: boolean
  /** Begins to speak; every `goOn` sends 200 ms, until it is all said. */
  begin(): void
  goOn(): void
  /** Answers in a word, in writing. */
  write(): void
}

/** The server's events of replies in their full order; `send` takes an event, `sendText` one that is JSON already. */
export const createReplies = (
  stream: number,
  deltas: Payloads,
  send: (event: object) => void,
  sendText: (makeText: (eventId: string) => string) => void,
  /** What the transcript of a reply says was spoken. */
  words = (): string => 'Fifteen words that were never spoken.',
): FakeReplies => {
  let replies = 0
  let deltasSent = 0
  let deltasLeft = 0

  const replyIds = () => ({ response_id: `resp_${stream}_${replies}`, item_id: `item_${stream}_a${replies}` })
  const part = { output_index: 0, content_index: 0 }

  const start = (): void => {
    replies++
    const { response_id, item_id } = replyIds()
    const item = { id: item_id, type: 'message', role: 'assistant', status: 'in_progress', content: [] }
    send({
      type: 'response.created',
      response: { id: response_id, object: 'realtime.response', status: 'in_progress' },
    })
    send({ type: 'response.output_item.added', response_id, output_index: 0, item })
    send({ type: 'conversation.item.added', previous_item_id: null, item })
  }

  const finish = (content: readonly object[], usage: object): void => {
    const { response_id, item_id } = replyIds()
    const item = { id: item_id, type: 'message', role: 'assistant', status: 'completed', content }
    send({ type: 'response.output_item.done', response_id, output_index: 0, item })
    send({ type: 'conversation.item.done', previous_item_id: null, item })
    send({ type: 'response.done', response: { id: response_id, status: 'completed', output: [item], usage } })
    send({ type: 'rate_limits.updated', rate_limits: [] })
  }

  const endSpeaking = (): void => {
    const { response_id, item_id } = replyIds()
    const transcript = words()
    send({ type: 'response.output_audio.done', response_id, item_id, ...part })
    send({ type: 'response.output_audio_transcript.done', response_id, item_id, ...part, transcript })
    send({ type: 'response.content_part.done', response_id, item_id, ...part, part: { type: 'audio', transcript } })
    finish([{ type: 'output_audio', transcript }], {
      input_token_details: { text_tokens: 400, audio_tokens: 60, cached_tokens: 320 },
      output_token_details: { text_tokens: 20, audio_tokens: 60 },
    })
  }

  return {
    get deltasSent() {
      return deltasSent
    },
    get active() {
      return deltasLeft > 0
    },
    begin() {
      start()
      deltasLeft = DELTAS_PER_REPLY
      send({ type: 'response.content_part.added', ...replyIds(), ...part, part: { type: 'audio' } })
    },
    goOn() {
      const { response_id, item_id } = replyIds()
      send({ type: 'response.output_audio_transcript.delta', response_id, item_id, ...part, delta: ' word' })
      sendText(
        (eventId) =>
          `{"type":"response.output_audio.delta","event_id":"${eventId}","response_id":"${response_id}","item_id":"${item_id}",` +
          `"output_index":0,"content_index":0,"delta":"${deltas.make(stream, deltasSent++)}"}`,
      )
      if (--deltasLeft === 0) endSpeaking()
    },
    write() {
      start()
      const ids = replyIds()
      const text = 'Ready.'
      send({ type: 'response.output_text.delta', ...ids, ...part, delta: text })
      send({ type: 'response.output_text.done', ...ids, ...part, text })
      finish([{ type: 'output_text', text }], {
        input_token_details: { text_tokens: 400, audio_tokens: 0, cached_tokens: 0 },
        output_token_details: { text_tokens: 2, audio_tokens: 0 },
      })
    },
  }
}
