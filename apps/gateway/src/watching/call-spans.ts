import { maskNumber, type CallStory, type Transfer } from '@llc-phone/core'

/** A value of an attribute. */
export type SpanValue = string | number | boolean

/** A part of a call, with the times it began and ended (ms since 1970). */
export interface PlainSpan {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  /** Never words, digits or whole numbers of people; docs/guides/observability.md lists them all. */
  readonly attributes: Readonly<Record<string, SpanValue>>
  readonly isError?: boolean
  readonly events?: readonly { readonly name: string; readonly atMs: number; readonly code?: string }[]
  readonly children?: readonly PlainSpan[]
}

/** What spans are made of. */
export interface ToldCall {
  readonly story: Omit<CallStory, 'events'>
  readonly costUsd?: number | undefined
  /** Names of the mode's tools: a name that the model made up could say anything. */
  readonly tools: readonly string[]
}

/** Most turns, and most runs of tools, that get a span: those of half an hour. */
const MOST = 200

const FAILED: readonly (string | undefined)[] = ['fallback', 'drained', 'cut_off', 'failed']

/** Attributes with a value. */
const some = (given: Readonly<Record<string, SpanValue | undefined>>): Record<string, SpanValue> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]): [string, SpanValue][] =>
      value === undefined ? [] : [[name, value]],
    ),
  )

const leaf = (
  name: string,
  [startMs, endMs]: readonly [number, number],
  attributes: PlainSpan['attributes'] = {},
  rest: Partial<PlainSpan> = {},
): PlainSpan => ({ name, startMs, endMs: Math.max(startMs, endMs), attributes, ...rest })

const webhookOf = ({ latency }: ToldCall['story'], at: (ms: number) => number): PlainSpan[] => {
  const answeredMs = latency.webhook_to_answer?.[0]
  return answeredMs === undefined ? [] : [leaf('webhook', [at(0), at(answeredMs)])]
}

/** The stages of the model's set-up, one after the other. */
const modelOf = ({ latency }: ToldCall['story'], at: (ms: number) => number): PlainSpan[] => {
  const stages = [
    ['model open', latency.webhook_to_model_open?.[0]],
    ['model created', latency.webhook_to_model_created?.[0]],
    ['model configured', latency.webhook_to_model_configured?.[0]],
    ['model first audio', latency.webhook_to_greeting_delta?.[0]],
  ] as const
  let fromMs = 0
  const children = stages.flatMap(([name, toMs]) => {
    if (toMs === undefined) return []
    const span = leaf(name, [at(fromMs), at(toMs)])
    fromMs = Math.max(fromMs, toMs)
    return [span]
  })
  return children.length === 0 ? [] : [leaf('model set-up', [at(0), at(fromMs)], {}, { children })]
}

/** A turn of the assistant that answers begins when the caller stopped speaking, and has an event at its first audio. */
const turnsOf = ({ turns }: ToldCall['story'], at: (ms: number) => number): PlainSpan[] =>
  turns.slice(0, MOST).map(({ speaker, atMs, startedMs = atMs, endedMs = startedMs, latencyMs, ...turn }) => {
    const attributes = some({
      'llc.latency_ms': latencyMs,
      'llc.sent_ms': turn.sentMs,
      'llc.heard_ms': turn.heardMs,
      'llc.cut': speaker === 'assistant' ? turn.cut === true : undefined,
    })
    const events = latencyMs === undefined ? [] : [{ name: 'first audio', atMs: at(startedMs) }]
    return leaf(`${speaker} turn`, [at(startedMs - (latencyMs ?? 0)), at(endedMs)], attributes, { events })
  })

const toolsOf = ({ story: { tools }, tools: known }: ToldCall, at: (ms: number) => number): PlainSpan[] =>
  tools.slice(0, MOST).map(({ name: named, startedAtMs, durationMs, outcome }) => {
    const name = known.includes(named) ? named : 'unknown'
    return leaf(
      `tool ${name}`,
      [at(startedAtMs), at(startedAtMs + durationMs)],
      { 'llc.tool': name, 'llc.outcome': outcome },
      { isError: outcome === 'failed' || outcome === 'timed_out' },
    )
  })

/** A transfer lasts until the next one, or the end of the call: when exactly a person answered is not kept. */
const transfersOf = ({ transfers }: ToldCall['story'], at: (ms: number) => number, endMs: number): PlainSpan[] =>
  transfers.map(({ kind, route, outcome, atMs }: Transfer, index) => {
    const next = transfers[index + 1]
    return leaf(
      'transfer',
      [at(atMs), next ? at(next.atMs) : endMs],
      some({ 'llc.transfer.kind': kind, 'llc.transfer.route': route, 'llc.outcome': outcome }),
      { isError: outcome === 'failed' },
    )
  })

/** The spans of a call whose story is told; `now` (ms since 1970) ends one whose end nobody has reported. */
export const spansOf = (call: ToldCall, now: number): PlainSpan => {
  const { story, costUsd } = call
  const startMs = Date.parse(story.startedAt)
  const at = (ms: number): number => startMs + Math.max(0, ms)
  const ended = story.endedAt ?? story.assistantEndedAt
  const endMs = Math.max(startMs, ended === undefined ? now : Date.parse(ended))
  const { input, output } = story.usage
  const events = (story.problems ?? []).map(({ code, atMs }) => ({ name: 'problem', atMs: at(atMs), code }))
  const left = story.assistantEndedAt
  return {
    name: 'call',
    startMs,
    endMs,
    attributes: some({
      'llc.call.id': story.callId,
      'llc.call.leg_id': story.legId,
      'llc.direction': story.direction,
      'llc.mode': story.mode,
      'llc.instance': story.instance,
      'llc.language': story.language,
      'llc.settings_version': story.settingsVersion,
      'llc.prompt_version': story.promptVersion,
      'llc.test': story.isTest,
      'llc.disposition': story.disposition,
      'llc.answered_by': story.answeredBy,
      'llc.caller': story.caller === undefined ? undefined : maskNumber(story.caller),
      'llc.dialled': maskNumber(story.dialled),
      'llc.first_words_ms': story.firstWordsMs,
      'llc.turns': story.turns.length,
      'llc.tools': story.tools.length,
      'llc.tokens.input': input.text + input.audio,
      'llc.tokens.output': output.text + output.audio,
      'llc.cost_usd': costUsd,
    }),
    isError: FAILED.includes(story.disposition),
    events: left === undefined ? events : [...events, { name: 'assistant left', atMs: Date.parse(left) }],
    children: [
      ...webhookOf(story, at),
      ...modelOf(story, at),
      ...turnsOf(story, at),
      ...toolsOf(call, at),
      ...transfersOf(story, at, endMs),
    ],
  }
}
