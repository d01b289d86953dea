import { preciseText } from '../../parts/figures.ts'
import type { Stretch } from './scale.ts'
import { actText } from './call-words.ts'
import {
  answerTimes,
  beganAt,
  BUDGET,
  finderIn,
  hasLostWords,
  heardBy,
  interruptionOf,
  lengthOf,
  routeLabel,
  silencedIn,
  type Story,
} from './story.ts'

/** A stretch of a lane, with what it stands for. */
export interface Bar extends Stretch {
  readonly kind:
    | 'spoke'
    | 'noise'
    | 'kept'
    | 'heard'
    | 'cut'
    | 'unsent'
    | 'tool'
    | 'toolFailed'
    | 'setUp'
    | 'live'
    | 'away'
    | 'leaving'
    | 'listens'
  /** In words, for the title. */
  readonly label: string
  /** The turn of the story. */
  readonly turn?: number
}

/** A moment on the clock. */
export interface Mark {
  readonly atMs: number
  /** `silent`: in the caller's ear, after an interruption. `note` and `act` are what colleagues did. */
  readonly kind: 'silent' | 'problem' | 'transfer' | 'note' | 'act'
  /** In words, for the title. */
  readonly label: string
  /** Of falling silent: when the speech began that made it. */
  readonly fromMs?: number
  /** Written beside it where there is room. */
  readonly text?: string
}

/** A figure over an answer: the delay the caller noticed. */
export interface Figure {
  readonly atMs: number
  readonly ms: number
  readonly isOver: boolean
  readonly wasCut: boolean
  readonly turn: number
}

/** Everything that the picture of a call shows, on one clock in ms since the call began. */
export interface Lanes {
  /** The end of the picture: of a call that goes on a little later than now, so that not all of it moves all the time. */
  readonly endMs: number
  /** How far the call has come. */
  readonly nowMs: number
  readonly caller: readonly Bar[]
  readonly assistant: readonly Bar[]
  readonly tools: readonly Bar[]
  readonly phases: readonly Bar[]
  /** Colleagues who listened in. */
  readonly people: readonly Bar[]
  readonly marks: readonly Mark[]
  readonly figures: readonly Figure[]
}

/** A picture that grows does so in steps (ms). */
const GROWS_BY_MS = 5_000

const round = (ms: number): string => (ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`)

const callerBars = (story: Story, endMs: number): Bar[] => {
  const said = story.turns.flatMap((turn, index) =>
    turn.speaker === 'caller' ? [{ turn, index, from: beganAt(turn) }] : [],
  )
  if (story.speech) {
    const isLost = hasLostWords(story)
    const saidAt = finderIn(said, ({ from }) => from)
    return story.speech.map((speech) => {
      const { startedMs, endedMs = endMs } = speech
      const turn = saidAt(startedMs)
      const kind = speech.as ?? 'spoke'
      const label =
        kind === 'noise'
          ? 'taken for noise: the assistant talked on'
          : kind === 'kept'
            ? 'said into the greeting, answered after it'
            : `caller: ${turn?.turn.text ?? (isLost ? 'the words are deleted' : 'no words understood')}`
      return { fromMs: startedMs, toMs: endedMs, kind, label, ...(turn ? { turn: turn.index } : {}) }
    })
  }
  return said.map(({ turn, index, from }) => ({
    fromMs: from,
    toMs: turn.endedMs ?? from + 400,
    kind: 'spoke',
    label: `caller: ${turn.text}`,
    turn: index,
  }))
}

const assistantBars = (story: Story, nowMs: number | undefined): Bar[] =>
  story.turns.flatMap((turn, index): Bar[] => {
    if (turn.speaker !== 'assistant') return []
    const from = beganAt(turn)
    const { sentMs, generatedMs } = turn
    if (sentMs === undefined)
      return [{ fromMs: from, toMs: turn.endedMs ?? from + 400, kind: 'heard', label: turn.text, turn: index }]
    const heardMs = heardBy(turn, nowMs)
    const bars: Bar[] = []
    if (heardMs > 0) bars.push({ fromMs: from, toMs: from + heardMs, kind: 'heard', label: turn.text, turn: index })
    if (turn.cut && sentMs > heardMs)
      bars.push({
        fromMs: from + heardMs,
        toMs: from + sentMs,
        kind: 'cut',
        label: `cut, not heard: ${turn.unheard ?? round(sentMs - heardMs)}`,
        turn: index,
      })
    if (generatedMs !== undefined && generatedMs > sentMs)
      bars.push({
        fromMs: from + sentMs,
        toMs: from + generatedMs,
        kind: 'unsent',
        label: `generated and never sent: ${round(generatedMs - sentMs)}`,
        turn: index,
      })
    return bars
  })

const PHASES = {
  warming: ['setUp', 'connecting'],
  ready: ['setUp', 'ready, rings'],
  joining: ['setUp', 'waits for the model'],
  live: ['live', 'live'],
  away: ['away', 'away'],
  leaving: ['leaving', 'leaving'],
} as const satisfies Record<string, readonly [Bar['kind'], string]>

const phaseBars = (story: Story, endMs: number): Bar[] => {
  const phases = story.phases ?? []
  return phases.flatMap(({ phase, atMs }, index): Bar[] => {
    const known = PHASES[phase as keyof typeof PHASES] as readonly [Bar['kind'], string] | undefined
    const toMs = phases[index + 1]?.atMs ?? endMs
    return known && toMs > atMs ? [{ fromMs: atMs, toMs, kind: known[0], label: known[1] }] : []
  })
}

const peopleBars = (story: Story, endMs: number): Bar[] =>
  (story.acts ?? []).flatMap((act): Bar[] =>
    act.kind === 'listen'
      ? [{ fromMs: act.atMs, toMs: act.endedMs ?? endMs, kind: 'listens', label: actText(act) }]
      : [],
  )

const SIGNS = { note: '✎', transfer: '↗', listen: '◉' } as const

const peopleMarks = (story: Story): Mark[] =>
  (story.acts ?? []).map((act): Mark => {
    const { kind, atMs, by, text } = act
    const to = kind === 'transfer' ? routeLabel(story, act) : undefined
    const label = `${actText(act, to)}${text ? `: ${text}` : ''}`
    return { atMs, kind: kind === 'note' ? 'note' : 'act', label, text: `${SIGNS[kind]} ${by}` }
  })

/** The picture of a call. `nowMs`: how far a call that goes on has come. */
export const lanesOf = (story: Story, nowMs?: number): Lanes => {
  const here = lengthOf(story, nowMs)
  const endMs = nowMs === undefined ? here : Math.ceil(here / GROWS_BY_MS) * GROWS_BY_MS
  const caller = callerBars(story, here)
  const assistant = assistantBars(story, nowMs)
  const tools = (story.tools ?? []).map((tool): Bar => ({
    fromMs: tool.startedAtMs,
    toMs: tool.startedAtMs + tool.durationMs,
    kind: tool.outcome === 'done' ? 'tool' : 'toolFailed',
    label: `${tool.name} ${tool.outcome === 'done' ? '' : `${tool.outcome.replace('_', ' ')} `}${round(tool.durationMs)}`,
  }))
  const phases = phaseBars(story, here)
  const people = peopleBars(story, here)
  const marks = peopleMarks(story)
  const figures: Figure[] = []
  for (const [index, turn] of story.turns.entries()) {
    if (turn.speaker !== 'assistant') continue
    const silenced = silencedIn(story, turn)
    if (silenced && (turn.heardMs ?? 0) > 0)
      marks.push({
        atMs: turn.endedMs!,
        kind: 'silent',
        fromMs: interruptionOf(story, turn)!.startedMs,
        label: `interrupted: told to be silent after ${preciseText(silenced.sentMs)}, silent in the ear after ${preciseText(silenced.earMs)}`,
        text: `${preciseText(silenced.sentMs)} · ${preciseText(silenced.earMs)}`,
      })
    const times = answerTimes(story, turn)
    if (!times) continue
    const ms = times.heardMs ?? times.sentMs
    figures.push({ atMs: beganAt(turn), ms, isOver: ms > BUDGET.answerMs, wasCut: turn.cut ?? false, turn: index })
  }
  const greeting = story.turns.findIndex(({ speaker }) => speaker === 'assistant')
  if (greeting >= 0 && story.firstWordsMs !== undefined && story.turns[greeting]!.latencyMs === undefined)
    figures.unshift({
      atMs: beganAt(story.turns[greeting]!),
      ms: story.firstWordsMs,
      isOver: story.firstWordsMs > BUDGET.firstWordsMs,
      wasCut: story.turns[greeting]!.cut ?? false,
      turn: greeting,
    })
  for (const { atMs, code, message } of story.problems)
    marks.push({ atMs, kind: 'problem', label: `${code}: ${message}` })
  for (const { atMs, label, route, outcome } of story.transfers ?? [])
    marks.push({
      atMs,
      kind: 'transfer',
      label: `to ${label ?? route ?? 'somebody'}${outcome ? `: ${outcome.replace('_', ' ')}` : ''}`,
    })
  return { endMs, nowMs: here, caller, assistant, tools, phases, people, marks, figures }
}

/** Figures that are not written over one another: those over budget first. `widthMs`: how long one is on the clock. */
export const figuresThatFit = (figures: readonly Figure[], widthMs: number): readonly Figure[] => {
  const kept: Figure[] = []
  for (const figure of figures) {
    const last = kept.at(-1)
    if (!last || figure.atMs - last.atMs >= widthMs) kept.push(figure)
    else if (figure.isOver && !last.isOver) kept[kept.length - 1] = figure
  }
  return kept
}

/** The marks whose texts are not written over one another, in order of time. */
export const textsThatFit = (marks: readonly Mark[], widthMs: number): ReadonlySet<Mark> => {
  const kept: Mark[] = []
  for (const mark of marks)
    if (mark.text !== undefined && mark.atMs - (kept.at(-1)?.atMs ?? -Infinity) >= widthMs) kept.push(mark)
  return new Set(kept)
}

/** The marks with room for their text before the next one begins; of the others only the sign is written. */
export const textsWithRoom = (marks: readonly Mark[], widthMs: number): ReadonlySet<Mark> =>
  new Set(marks.filter(({ atMs }, index) => (marks[index + 1]?.atMs ?? Infinity) - atMs >= widthMs))
