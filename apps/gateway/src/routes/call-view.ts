import type { CallStory } from '@llc-phone/core'
import type { CallSummary, OutboundCall } from '@llc-phone/store'
import * as z from 'zod'
import { costOf, type Estimate } from '../watching/cost.ts'
import { maskNumbersIn } from '../watching/mask.ts'
import { outcomeOf, problemCodesIn, whyOf } from '../watching/why.ts'

/** A call as lists and stories have it. */
export type ViewedCall = CallSummary &
  Estimate & {
    readonly phase?: string
    readonly problems?: readonly { readonly code: string }[] | undefined
    readonly turns?: CallStory['turns']
  }

const text = z.string()
const sometimes = text.optional()

/** What a list and a story both say first: which call it is, and what answered it. */
export const callIdentity = {
  callId: text,
  callSid: sometimes,
  mode: text,
  instance: sometimes,
  settingsVersion: z.number().optional(),
  tuningProfile: sometimes,
  language: sometimes,
}

/** A call in a list. */
export const callHead = z
  .looseObject({
    ...callIdentity,
    test: z.literal(true).optional(),
    /** The revision of the draft that answered a call from the console. */
    draft: z.number().optional(),
    direction: text,
    caller: sometimes,
    dialled: text,
    phase: sometimes,
    disposition: sometimes,
    startedAt: text,
    endedAt: sometimes,
    assistantEndedAt: sometimes,
    firstWordsMs: z.number().optional(),
    problems: z.array(text).optional(),
    why: sometimes,
    whatToDo: sometimes,
    /** How it ended, in one sentence, also when it ended well. */
    outcome: sometimes,
    /** How often somebody spoke. */
    turns: z.number().optional(),
    /** Of a live call, what was said last and by whom. */
    speaker: sometimes,
    words: sometimes,
    costUsd: z.number().optional(),
    costEstimated: z.boolean().optional(),
    /** Of a call that we placed. */
    outbound: z.looseObject({ state: text, scenario: sometimes, gate: sometimes }).optional(),
  })
  .meta({ id: 'CallHead' })

/** As much of the last words as a line shows. */
const MAX_WORDS = 200

/** What was said last in a call that goes on. */
const lastWords = ({ phase, turns }: ViewedCall) => {
  const last = phase === undefined || phase === 'ended' ? undefined : turns?.findLast(({ text: said }) => said !== '')
  return last && { speaker: last.speaker, words: last.text.slice(0, MAX_WORDS) }
}

const explained = (call: ViewedCall, placed: OutboundCall | undefined) => {
  const told = { ...call, problemCodes: problemCodesIn(call), outbound: placed }
  return { ...whyOf(told), outcome: outcomeOf(told) }
}

/** A call in a list. `reveal`: with whole numbers. */
export const headOf = (call: ViewedCall, placed?: OutboundCall, reveal = false) => {
  const codes = problemCodesIn(call)
  const head = {
    callId: call.callId,
    callSid: call.legId || undefined,
    mode: call.mode,
    instance: call.instance,
    settingsVersion: call.settingsVersion,
    tuningProfile: call.tuningProfile,
    language: call.language,
    test: call.isTest,
    draft: call.trial?.draft,
    direction: call.direction,
    caller: call.caller,
    dialled: call.dialled,
    phase: call.phase,
    disposition: call.disposition,
    startedAt: call.startedAt,
    endedAt: call.endedAt,
    assistantEndedAt: call.assistantEndedAt,
    firstWordsMs: call.firstWordsMs,
    problems: codes.length > 0 ? codes : undefined,
    ...explained(call, placed),
    turns: call.turnCount ?? call.turns?.length,
    costUsd: call.costUsd,
    costEstimated: call.costEstimated,
    ...lastWords(call),
  }
  return {
    ...(reveal ? head : (masked(head) as typeof head)),
    ...(placed ? { outbound: { state: placed.state, scenario: placed.scenario, gate: placed.gate } } : {}),
  }
}

/** What a turn cost, where that is known. */
const turnBill = (model: string | undefined, { usage }: CallStory['turns'][number]) => {
  const costUsd = model === undefined || !usage ? undefined : costOf(model, usage)
  return costUsd === undefined ? {} : { costUsd }
}

/** A story with its published field names, and with other people's numbers masked; `reveal`: whole. */
export const published = (call: ViewedCall, placed?: OutboundCall, reveal = false): object => {
  const { legId, isTest, problemCodes: _codes, turnCount: _count, turns, ...rest } = call
  const told = {
    problems: [],
    ...rest,
    turns: (turns ?? []).map((turn) => ({ ...turn, ...turnBill(call.model, turn) })),
    ...(isTest ? { test: true } : {}),
    ...explained(call, placed),
  }
  return { callSid: legId, ...(reveal ? told : (masked(told) as object)) }
}

/** Masks other people's numbers everywhere in a story; `dialled` is our own. */
export const masked = (value: unknown, key?: string): unknown => {
  if (typeof value === 'string') return key === 'dialled' ? value : maskNumbersIn(value)
  if (Array.isArray(value)) return value.map((item) => masked(item))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, name)]))
}
