import type { components } from '../../api/openapi.ts'

/** The story of a call, as `GET /calls/ID` answers it. */
export type Story = components['schemas']['CallStory']

/** Something one of the two said. */
export type Turn = Story['turns'][number]

/** Speech of the caller, as it was noticed. */
export type Speech = NonNullable<Story['speech']>[number]

/** What a colleague did in the call. */
export type Act = NonNullable<Story['acts']>[number]

/** The delays that callers notice, and what each should stay below (ms). */
export const BUDGET = { answerMs: 800, firstWordsMs: 1_000 } as const

/** Whether the call goes on; a call that this process has not served has no phase. */
export const isLive = (story: Story): boolean =>
  story.phase !== undefined && story.phase !== 'ended' && story.endedAt === undefined

/** Whether what was said in the call is deleted: something was, and nothing of it is left. */
export const hasLostWords = (story: Story): boolean =>
  !isLive(story) && story.turns.length === 0 && (story.firstWordsMs !== undefined || (story.speech ?? []).length > 0)

/** Who is listening in just now, each once. */
export const listenersOf = (story: Story): readonly string[] =>
  isLive(story)
    ? [
        ...new Set(
          (story.acts ?? []).flatMap(({ kind, by, endedMs }) =>
            kind === 'listen' && endedMs === undefined ? [by] : [],
          ),
        ),
      ]
    : []

/** The label of the route that a colleague has chosen, as the transfer that came of it names it. */
export const routeLabel = (story: Story, { route, atMs }: Act): string | undefined =>
  (story.transfers ?? []).find((transfer) => transfer.route === route && transfer.atMs >= atMs - SAME_MS)?.label ??
  route

/** What is noticed twice is noticed within this time (ms). */
export const SAME_MS = 50

/** Finds in a list what was noticed at a moment, without going through the list each time. */
export const finderIn = <Each>(list: readonly Each[], momentOf: (each: Each) => number) => {
  const found = new Map<number, Each[]>()
  for (const each of list) {
    const place = Math.floor(momentOf(each) / SAME_MS)
    const there = found.get(place)
    if (there) there.push(each)
    else found.set(place, [each])
  }
  return (ms: number): Each | undefined => {
    const place = Math.floor(ms / SAME_MS)
    for (const beside of [place - 1, place, place + 1]) {
      const each = found.get(beside)?.find((one) => Math.abs(momentOf(one) - ms) < SAME_MS)
      if (each !== undefined) return each
    }
    return undefined
  }
}

/** When a turn began, in ms since the call did: when it was heard, else when it came. */
export const beganAt = (turn: Turn): number => turn.startedMs ?? turn.atMs

/** How much of a turn the caller has heard by `nowMs`; of a turn that is being played the clock tells. */
export const heardBy = (turn: Turn, nowMs: number | undefined): number => {
  const { sentMs = 0, heardMs = sentMs } = turn
  if (turn.cut || nowMs === undefined || turn.startedMs === undefined) return heardMs
  return Math.min(sentMs, Math.max(heardMs, nowMs - turn.startedMs))
}

/** The end of the call on its own clock (ms): the last thing that is known of it. */
export const lengthOf = (story: Story, nowMs?: number): number => {
  const started = Date.parse(story.startedAt)
  const ends = [story.endedAt, story.assistantEndedAt].flatMap((at) => (at ? [Date.parse(at) - started] : []))
  const known = [
    ...ends,
    ...story.turns.map((turn) => turn.endedMs ?? beganAt(turn)),
    ...(story.tools ?? []).map((tool) => tool.startedAtMs + tool.durationMs),
    ...(story.phases ?? []).map(({ atMs }) => atMs),
    ...story.problems.map(({ atMs }) => atMs),
  ]
  return Math.max(1_000, nowMs ?? 0, ...(known.length < 10_000 ? known : ends))
}

/** The speech of the caller that cut a turn; `undefined` when nothing is known of it. */
export const interruptionOf = (story: Story, turn: Turn): Speech | undefined => {
  const { startedMs, endedMs = startedMs } = turn
  if (!turn.cut || startedMs === undefined || endedMs === undefined) return undefined
  return (story.speech ?? []).findLast(
    (speech) => speech.clearedAfterMs !== undefined && speech.startedMs <= endedMs + 60,
  )
}

/** What an interruption took (ms): until the line was told to be silent, and until it was so in the caller's ear. */
export interface Silenced {
  readonly sentMs: number
  readonly earMs: number
}

/** How fast the assistant fell silent when this turn was cut. */
export const silencedIn = (story: Story, turn: Turn): Silenced | undefined => {
  const speech = interruptionOf(story, turn)
  if (!speech) return undefined
  return {
    sentMs: speech.clearedAfterMs!,
    earMs: Math.max(speech.clearedAfterMs!, (turn.endedMs ?? speech.startedMs) - speech.startedMs),
  }
}

/** The end of what the caller said before a turn (ms), where there is one. */
const askedUntil = (story: Story, turn: Turn): number | undefined => {
  for (let at = story.turns.indexOf(turn) - 1; at >= 0; at--) {
    const before = story.turns[at]!
    if (before.speaker === 'caller' && before.endedMs !== undefined && before.endedMs <= beganAt(turn))
      return before.endedMs
  }
  return undefined
}

/** Where the time of an answer went, each in ms since the caller had stopped speaking. */
export interface AnswerTimes {
  readonly deltaMs?: number | undefined
  readonly sentMs: number
  readonly heardMs?: number | undefined
}

/** The delays of a turn that answers the caller; `undefined` of others. */
export const answerTimes = (story: Story, turn: Turn): AnswerTimes | undefined => {
  if (turn.latencyMs === undefined) return undefined
  const until = askedUntil(story, turn)
  const heardMs = until === undefined || turn.startedMs === undefined ? undefined : turn.startedMs - until
  return {
    sentMs: turn.latencyMs,
    deltaMs: turn.deltaMs,
    // Taken from two clocks that are read to the millisecond: nothing is heard before it is sent.
    heardMs: heardMs === undefined ? undefined : Math.max(turn.latencyMs, heardMs),
  }
}

/** A step of the set-up, and when it was done (ms since the webhook). */
export interface SetUpStep {
  readonly name: 'answer' | 'open' | 'created' | 'ready' | 'delta' | 'media' | 'frame'
  readonly atMs: number
}

/** The set-up of a call in order of time; `mediaMs`: until then the caller heard it ring. */
export const setUpOf = (story: Story): readonly SetUpStep[] => {
  const latency = story.latency ?? {}
  const first = (measure: keyof typeof latency): number | undefined => (latency[measure] as number[] | undefined)?.[0]
  const mediaMs = story.phases?.find(({ phase }) => phase === 'joining' || phase === 'live')?.atMs
  const afterMedia = first('media_to_greeting_frame')
  const steps: readonly (readonly [SetUpStep['name'], number | undefined])[] = [
    ['answer', first('webhook_to_answer')],
    ['open', first('webhook_to_model_open')],
    ['created', first('webhook_to_model_created')],
    ['ready', first('webhook_to_model_configured')],
    ['delta', first('webhook_to_greeting_delta')],
    ['media', mediaMs],
    ['frame', mediaMs === undefined || afterMedia === undefined ? undefined : mediaMs + afterMedia],
  ]
  return steps
    .flatMap(([name, atMs]) => (atMs === undefined ? [] : [{ name, atMs }]))
    .toSorted((one, other) => one.atMs - other.atMs)
}
