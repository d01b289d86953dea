/** The caller's side of one session: audio in, turns found in it, what was said in them. */
import type { Heard } from '../speech/ear.ts'
import type { Vad } from '../speech/vad.ts'
import { createInputBuffer } from './input-buffer.ts'
import type { ModelTurns } from './model-turns.ts'
import { type Item, newId } from './protocol.ts'
import { Refusal } from './refusal.ts'
import type { SessionContext } from './session-context.ts'
import { createTurnDetector } from './turn-detector.ts'
import { transcriptUsage } from './usage.ts'

/** Takes the caller's audio. */
export interface CallerTurns {
  /** The recognised text of each turn, in order; undefined when it was not understood. */
  readonly heard: readonly (string | undefined)[]
  /** Takes 8 kHz μ-law of any length. */
  append(ulaw: Buffer): void
  /** Ends the turn because the client says so; throws when there is less than 100 ms of it. */
  commit(): void
  clear(): void
  /** The assistant begins to speak (undefined), or the caller will have heard it all after so many ms. */
  awaitCaller(playbackLeftMs: number | undefined): void
}

const KEPT_BEFORE_SPEECH_MS = 1000

/** The turns of a session's caller. */
export function createCallerTurns(context: SessionContext, model: ModelTurns, vad: Vad): CallerTurns {
  const { setting, conversation, script, config, tools, latency, send, after, stop } = context
  const buffer = createInputBuffer()
  const detector = createTurnDetector(vad)
  const heard: (string | undefined)[] = []
  let turnItemId = ''
  let idleTimer: NodeJS.Timeout | undefined
  let hasAskedIntoSilence = false

  function hearFrame(frame: Buffer) {
    buffer.keep(frame)
    const detection = config().audio.input.turn_detection
    const edge = detector.push(frame, detection)
    if (!detection) return
    if (!edge) {
      const paddingMs = detection.type === 'server_vad' ? detection.prefix_padding_ms : 0
      if (!detector.isSpeaking) buffer.forgetBefore(buffer.receivedMs() - Math.max(KEPT_BEFORE_SPEECH_MS, paddingMs))
      return
    }
    if (edge.kind === 'started') {
      stop(idleTimer)
      hasAskedIntoSilence = false
      turnItemId = newId('item')
      send({ type: 'input_audio_buffer.speech_started', audio_start_ms: edge.startMs, item_id: turnItemId })
      if (detection.interrupt_response) model.interrupt()
      return
    }
    send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: edge.endMs, item_id: turnItemId })
    commitTurn(turnItemId, buffer.take(edge.startMs))
    if (detection.create_response && !model.isResponding) model.respond({})
  }

  function commitTurn(itemId: string, ulaw: Buffer) {
    const understood = listen(ulaw)
    const entry = addUserAudio(itemId, ulaw)
    const index = heard.push(undefined) - 1
    model.note({ kind: 'heard', heard: understood })
    understood.then(
      (result) => {
        const said = result?.said ?? result?.phrase
        heard[index] = said
        entry.said = said ?? ''
        const { transcription } = config().audio.input
        if (transcription)
          after(latency().transcriptMs, () => sendTranscript(itemId, said ?? '(unintelligible)', ulaw.length / 8000))
      },
      (error: unknown) => setting.violate(`The ear failed: ${String(error)}`),
    )
  }

  async function listen(ulaw: Buffer): Promise<Heard | undefined> {
    const ear = await setting.earFor(script.dialogueFor(tools()))
    return ear.hear(ulaw)
  }

  function addUserAudio(itemId: string, ulaw: Buffer) {
    const item: Item = {
      id: itemId,
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_audio', transcript: null }],
    }
    const entry = { item, audioMs: ulaw.length / 8, said: '' }
    const previous = conversation.lastId()
    conversation.append(entry)
    send({ type: 'input_audio_buffer.committed', previous_item_id: previous, item_id: itemId })
    send({ type: 'conversation.item.added', previous_item_id: previous, item })
    send({ type: 'conversation.item.done', previous_item_id: previous, item })
    return entry
  }

  function sendTranscript(itemId: string, transcript: string, seconds: number) {
    const where = { item_id: itemId, content_index: 0 }
    const part = conversation.find(itemId)?.item.content?.[0]
    if (part) part.transcript = transcript
    const writer = config().audio.input.transcription?.model
    // whisper-1 gives all of it at once, the others word by word.
    const deltas = writer?.startsWith('whisper') ? [transcript] : (transcript.match(/\s*\S+/g) ?? [])
    for (const delta of deltas) send({ type: 'conversation.item.input_audio_transcription.delta', ...where, delta })
    const usage = transcriptUsage(writer, seconds, transcript)
    send({ type: 'conversation.item.input_audio_transcription.completed', ...where, transcript, usage })
  }

  /** Once per silence, counted from the end of what the caller hears. */
  function awaitCaller(playbackLeftMs: number | undefined) {
    stop(idleTimer)
    const detection = config().audio.input.turn_detection
    if (detection?.type !== 'server_vad' || detection.idle_timeout_ms === null) return
    if (playbackLeftMs === undefined || hasAskedIntoSilence || context.isClosed()) return
    const startMs = buffer.receivedMs()
    idleTimer = after(playbackLeftMs + detection.idle_timeout_ms, () => {
      if (model.isResponding || detector.isSpeaking) return
      hasAskedIntoSilence = true
      const itemId = newId('item')
      buffer.take()
      const where = { audio_start_ms: startMs, audio_end_ms: buffer.receivedMs(), item_id: itemId }
      send({ type: 'input_audio_buffer.timeout_triggered', ...where })
      addUserAudio(itemId, Buffer.alloc(0))
      model.note({ kind: 'silence' })
      model.respond({})
    })
  }

  return {
    heard,
    append(ulaw) {
      for (const frame of buffer.add(ulaw)) hearFrame(frame)
    },
    commit() {
      const bufferedMs = buffer.bufferedMs()
      if (bufferedMs < 100) {
        throw new Refusal(
          'input_audio_buffer_commit_empty',
          `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`,
        )
      }
      const itemId = detector.isSpeaking ? turnItemId : newId('item')
      detector.reset()
      commitTurn(itemId, buffer.take())
    },
    clear() {
      buffer.take()
      detector.reset()
      send({ type: 'input_audio_buffer.cleared' })
    },
    awaitCaller,
  }
}
