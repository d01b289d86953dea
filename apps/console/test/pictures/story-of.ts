import type {
  CallProblem,
  CallerSpeech,
  CallStory,
  OperatorAct,
  PhaseTime,
  ToolRun,
  Transfer,
  Turn,
} from '@llc-phone/core'
import type { RecordedCall } from '@llc-phone/store'
import type { Conversation, Step } from './conversations.ts'
import type { Random } from './random.ts'

/** Which call it was. */
export interface CallIs {
  readonly startedAt: Date
  /** The other telephone; absent when withheld. */
  readonly caller?: string | undefined
  /** Ours. */
  readonly dialled: string
  readonly settingsVersion: number
  /** How slow the model was, as a factor. */
  readonly slowness?: number
}

const KINDS = { menu: 'ivr', frontDesk: 'receptionist', customerService: 'csr', reminders: 'outbound' } as const

/** Speaking takes about so long for a letter. */
const LETTER_MS = 62
const ROUND_TRIP_MS = 100

/** The words of a share of a text, cut between two of them. */
const cutAt = (text: string, share: number): readonly [string, string] => {
  const space = text.lastIndexOf(' ', Math.round(text.length * share))
  return [`${text.slice(0, space)} —`, text.slice(space + 1)]
}

/** Tells a conversation as the story of a call: when each word was said and heard, what it took, and what it used. */
export const storyOf = (conversation: Conversation, call: CallIs, random: Random): RecordedCall => {
  const { slowness = 1 } = call
  const isOurs = conversation.instance === 'reminders'
  const turns: Turn[] = []
  const tools: ToolRun[] = []
  const transfers: Transfer[] = []
  const speech: CallerSpeech[] = []
  const problems: CallProblem[] = []
  const acts: OperatorAct[] = []
  const answer = random.between(6, 16)
  const ringMs = Math.round(random.between(isOurs ? 6_000 : 480, isOurs ? 14_000 : 760))
  const phases: PhaseTime[] = [
    { phase: 'warming', atMs: 0 },
    { phase: 'ready', atMs: Math.round(random.between(190, 330)) },
    { phase: 'joining', atMs: ringMs },
    { phase: 'live', atMs: ringMs + 60 },
  ]
  const toFrame: number[] = []
  const toDelta: number[] = []
  const toClear: number[] = []
  const toolMs: number[] = []
  let atMs = ringMs + 60
  let firstWordsMs: number | undefined
  let tokens = random.whole(1_700, 2_300)
  const used = { text: 0, audio: 0, cachedText: 0, cachedAudio: 0, outText: 0, outAudio: 0 }
  const round = (ms: number): number => Math.round(ms)

  /** What a reply costs: all that was said before is read again, mostly from the cache. */
  const usageOf = (sentMs: number): NonNullable<Turn['usage']> => {
    const audio = Math.round(atMs / 60)
    const cachedText = Math.round(tokens * 0.93)
    const cachedAudio = Math.round(audio * 0.7)
    const output = { text: Math.round(sentMs / 260), audio: Math.round(sentMs / 50) }
    used.text += tokens
    used.audio += audio
    used.cachedText += cachedText
    used.cachedAudio += cachedAudio
    used.outText += output.text
    used.outAudio += output.audio
    tokens += 60
    return { input: { text: tokens, audio, cachedText, cachedAudio }, output }
  }

  const assistant = (
    { assistant: text, heard, slowMs = 0 }: Extract<Step, { assistant: string }>,
    hasAsked: boolean,
  ) => {
    const sentMs = round(text.length * LETTER_MS)
    const delta = random.delay(hasAsked ? 330 : 120) * slowness + slowMs
    const frame = delta + random.between(0.2, 0.6)
    if (!hasAsked && turns.every(({ speaker }) => speaker === 'caller')) {
      firstWordsMs = round(random.delay(isOurs ? 600 : 390) * slowness)
      atMs += firstWordsMs
    } else atMs += frame + ROUND_TRIP_MS
    if (hasAsked) {
      toDelta.push(delta)
      toFrame.push(frame)
      firstWordsMs ??= round(frame)
    }
    const startedMs = round(atMs)
    const heardMs = heard === undefined ? sentMs : round(sentMs * heard)
    const [said, unheard] = heard === undefined ? [text, undefined] : cutAt(text, heard)
    atMs += heardMs
    turns.push({
      speaker: 'assistant',
      text: said,
      atMs: startedMs,
      startedMs,
      endedMs: startedMs + heardMs,
      sentMs: heard === undefined ? sentMs : Math.min(sentMs, heardMs + 900),
      heardMs,
      ...(heard === undefined ? {} : { cut: true as const, unheard: unheard!, generatedMs: sentMs }),
      ...(hasAsked ? { deltaMs: delta, latencyMs: frame } : {}),
      usage: usageOf(heardMs),
    })
  }

  const caller = (text: string): void => {
    const before = turns.at(-1)
    const isInterruption = before?.cut === true
    const clearedAfterMs = random.between(0.3, 1.4)
    const startedMs = isInterruption
      ? before.endedMs! - round(ROUND_TRIP_MS + clearedAfterMs)
      : round(atMs + random.between(350, 1_100))
    const endedMs = startedMs + round(text.length * LETTER_MS + 250)
    if (isInterruption) toClear.push(clearedAfterMs)
    speech.push({ startedMs, endedMs, ...(isInterruption ? { clearedAfterMs } : {}) })
    turns.push({ speaker: 'caller', text, atMs: startedMs, startedMs, endedMs })
    atMs = endedMs
  }

  let hasAsked = false
  for (const step of conversation.steps) {
    if ('assistant' in step) assistant(step, hasAsked)
    else if ('caller' in step) caller(step.caller)
    else if ('noiseMs' in step) {
      const startedMs = round(atMs - 1_400)
      speech.push({ startedMs, endedMs: startedMs + step.noiseMs, as: 'noise' })
    } else if ('tool' in step) {
      const durationMs = Math.round(random.delay(step.failed ? 900 : 14) * 100) / 100
      const { tool: name, input, result, failed } = step
      tools.push({
        name,
        startedAtMs: round(atMs + random.between(180, 260)),
        durationMs,
        outcome: failed ? 'failed' : 'done',
        input,
        result,
      })
      toolMs.push(durationMs)
      if (failed) atMs += durationMs
    } else if ('transfer' in step) {
      transfers.push({ ...step.transfer, atMs: round(atMs) })
      if (conversation.ends !== 'assistant_hung_up') phases.push({ phase: 'away', atMs: round(atMs) })
      atMs += step.ringsMs
    } else if ('problem' in step) problems.push({ code: step.problem, message: step.message, atMs: round(atMs + 40) })
    else acts.push({ kind: 'note', by: step.by, text: step.note, atMs: round(atMs + 300) })
    hasAsked = 'caller' in step || (hasAsked && !('assistant' in step))
  }
  const assistantEndMs = round(atMs + 400)
  phases.push({ phase: 'ended', atMs: assistantEndMs })
  const talksOn = conversation.ends === 'transferred' || conversation.ends === 'fallback'
  const endMs = talksOn ? assistantEndMs + random.whole(40_000, 260_000) : assistantEndMs
  const at = (ms: number): string => new Date(call.startedAt.getTime() + ms).toISOString()
  const seconds = speech.reduce((sum, { startedMs, endedMs = startedMs }) => sum + (endedMs - startedMs) / 1_000, 0)
  const hundredths = (all: readonly number[]): number[] => all.map((ms) => Math.round(ms * 100) / 100)
  const latency: CallStory['latency'] = {
    webhook_to_answer: hundredths([answer]),
    webhook_to_model_open: hundredths([random.between(40, 75)]),
    webhook_to_model_created: hundredths([random.between(80, 120)]),
    webhook_to_model_configured: hundredths([random.between(130, 185)]),
    ...(isOurs ? {} : { webhook_to_greeting_delta: hundredths([random.between(330, 470)]) }),
    ...(isOurs || firstWordsMs === undefined ? {} : { media_to_greeting_frame: [firstWordsMs] }),
    ...(toDelta.length > 0
      ? { speech_end_to_delta: hundredths(toDelta), speech_end_to_frame: hundredths(toFrame) }
      : {}),
    ...(toClear.length > 0 ? { speech_start_to_clear: hundredths(toClear) } : {}),
    ...(toolMs.length > 0 ? { tool_to_output: hundredths(toolMs) } : {}),
  }
  return {
    callId: random.id(),
    legId: `CA${random.id().replaceAll('-', '')}`,
    mode: KINDS[conversation.instance],
    instance: conversation.instance,
    settingsVersion: call.settingsVersion,
    promptVersion: '6f2a91c0d4be',
    language: 'en',
    direction: isOurs ? 'outbound' : 'inbound',
    ...(call.caller === undefined ? {} : { caller: call.caller }),
    dialled: call.dialled,
    startedAt: call.startedAt.toISOString(),
    endedAt: at(endMs),
    ...(talksOn ? { assistantEndedAt: at(assistantEndMs) } : {}),
    disposition: conversation.ends,
    ...(isOurs ? { answeredBy: conversation.ends === 'answering_machine' ? 'machine' : 'human' } : {}),
    turns,
    tools,
    transfers,
    speech,
    phases,
    problems,
    ...(acts.length > 0 ? { acts } : {}),
    ...(firstWordsMs === undefined ? {} : { firstWordsMs }),
    latency,
    usage: {
      input: { text: used.text, audio: used.audio, cachedText: used.cachedText, cachedAudio: used.cachedAudio },
      output: { text: used.outText, audio: used.outAudio },
      transcription: [
        {
          model: 'gpt-4o-mini-transcribe',
          seconds: Math.round(seconds),
          input: { text: 0, audio: Math.round(seconds * 10) },
          output: { text: Math.round(seconds * 3) },
        },
      ],
    },
    audio: { framesIn: round(endMs / 20), framesOut: round(used.outAudio * 2.5), dropped: 0, gapsFilledMs: 0 },
  }
}
