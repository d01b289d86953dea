import type { AnsweredBy } from '@llc-phone/core'
import type { RuleId } from './rules.ts'

/** The modes that are evaluated. */
export const modeNames = ['ivr', 'receptionist', 'csr', 'outbound'] as const
export type ModeName = (typeof modeNames)[number]

/** A tool call as the simulated model makes it; a list among the arguments is an order of preference. */
export interface IdealCall {
  readonly tool: string
  readonly arguments?: Readonly<Record<string, unknown>>
}

/** What a good assistant answers: a model that is simulated says and does this, a real one is not shown it. */
export interface Ideal {
  readonly says?: string | readonly string[]
  readonly calls?: IdealCall | readonly IdealCall[]
  /** Said when the results are in; `{output.field}` is a field of the last one, and of a list the first complete sentence is taken. */
  readonly thenSays?: string | readonly string[]
}

/** What must be true of the time between a step and the next one. */
export interface AfterStep {
  /** Tools that were called. */
  readonly calls?: readonly string[]
  readonly never?: readonly string[]
  readonly said?: readonly RegExp[]
  readonly unsaid?: readonly RegExp[]
  /** Not a word, and no tool but the one that listens. */
  readonly silent?: true
  /** How many questions were asked, at least and at most. */
  readonly questions?: readonly [number, number]
}

interface StepBase {
  readonly ideal?: Ideal
  readonly expect?: AfterStep
}

/** Sounds that are no words for the assistant. */
export const noises = {
  cough: '(somebody coughs)',
  television: '(a television is running in the room)',
  child: '(a child is crying in the room)',
  tone: '(a tone)',
} as const

/** One thing a caller does. */
export type Step = StepBase &
  (
    | {
        readonly say: string
        /** Spoken into what the assistant says about the step before, instead of after it. */
        readonly during?: 'reply' | 'goodbye'
        /** Spoken by a recording or a machine, not by the caller. */
        readonly recording?: true
      }
    | { readonly keys: string }
    | { readonly noise: keyof typeof noises; readonly ms: number }
    | { readonly silenceMs: number }
    /** How a transfer, or the ringing of a person, ends; a transfer without such a step succeeds. */
    | { readonly person: 'accepts' | 'declines' | 'no_answer' | 'busy' }
    /** What the carrier says about who has answered. */
    | { readonly answeredBy: AnsweredBy }
    | { readonly hangUp: true }
  )

/** What the assistant finds. */
export interface WorldSettings {
  /** When it happens, instead of an hour at which everybody is there. */
  readonly at?: string
  /** The number that calls or is called; `null`: withheld. */
  readonly number?: string | null
  readonly name?: string
  /** What is written is not kept. */
  readonly storeFails?: true
  /** The time that is booked first has just been taken by somebody else. */
  readonly slotTaken?: true
  /** Of a call of ours. */
  readonly scenario?: 'confirmation' | 'callback' | 'survey' | 'custom'
  readonly context?: Readonly<Record<string, unknown>>
}

/** How a call may end. */
export type End = 'caller' | 'assistant' | 'transferred' | 'voicemail' | 'machine'

/** What must be true of the whole call. */
export interface Expectation {
  /** Tools that must be called, one of `a|b`; with `?` those that may. Any other, but the one that listens, must not. */
  readonly calls: readonly string[]
  /** How often at most, where a second time would be wrong. */
  readonly once?: readonly string[]
  /** Tools in the order in which they must come. */
  readonly order?: readonly string[]
  /** Arguments by tool, of one of its calls. */
  readonly args?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly said?: readonly RegExp[]
  readonly unsaid?: readonly RegExp[]
  /** The most sentences of a reply, three when absent. The greeting is not counted. */
  readonly sentences?: number
  /** The most questions in a reply, one when absent. */
  readonly questions?: number
  /** How many of the replies say goodbye. */
  readonly goodbyes?: number
  /** Of everything said after the greeting. */
  readonly language?: 'en' | 'es'
  readonly end?: End
  /** The route the caller is put through to, or that is rung for them; `null`: none. */
  readonly to?: string | null
  /** A question to be answered with yes, for who reads what was said and done. */
  readonly judge?: string
}

/** A situation on the telephone: who does what, and what may come of it. */
export interface Situation {
  readonly id: string
  /** What it is about, in one line. */
  readonly about: string
  readonly mode: ModeName
  readonly rules: readonly RuleId[]
  readonly world?: WorldSettings
  readonly caller: readonly Step[]
  readonly expect: Expectation
  /** Why it cannot be spoken: it needs an hour of its own, or a voice that is not there. */
  readonly textOnly?: string
}
