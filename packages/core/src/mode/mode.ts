import { DEFAULT_GRANT, type Grant } from './grant.ts'
import type { CallFacts } from '../facts.ts'
import { unlessAborted } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { promptVersionOf } from './prompt-version.ts'
import { checkSections, renderPrompt, writtenText, type Section } from './prompt.ts'
import type { Routes } from '../route.ts'
import type { TurnDetection } from '../model.ts'
import type { Tool } from './tool.ts'
import { asKeywords, type ModelTuning, type ModelWishes } from '../tuning.ts'

/** How turns are found: eager while the call opens, calmer once it is a conversation. */
export interface TurnTaking {
  readonly opening: TurnDetection
  readonly conversation: TurnDetection
  /**
   * Speech over the assistant must last this long to stop it, so that a cough or an "mm-hm" does not; 0 stops at once,
   * which is the fastest. Costs about this much delay at every real interruption.
   */
  readonly minSpeechMs: number
}

/** When a quiet or an endless call comes to its end. */
export interface Patience {
  /** Nobody has spoken for this long: the assistant checks in. */
  readonly silenceMs: number
  /** After this many check-ins the next silence is the goodbye. */
  readonly checkIns: number
  /** Keys without `#` are complete when no other has been pressed for this long: people read digits off a card. */
  readonly keysMs: number
  /** The longest a call may last; the assistant is warned a minute before. */
  readonly maxDurationMs: number
}

/** What makes a way of answering: a prompt, a greeting, tools and routes. */
export interface ModeDefinition<Known> {
  readonly name: string
  /** The voice; the gateway's default when absent. */
  readonly voice?: string
  readonly turnTaking?: Partial<TurnTaking>
  /** How the model is to do its work; what it cannot have of it is told at start. */
  readonly tuning?: ModelTuning
  /** The same as it suits this way of answering: for models that are known to take it, where `tuning` says nothing. */
  readonly suits?: ModelTuning
  /** Words that a transcript should spell right: the business, people, departments, services. The first fifty count. */
  readonly keywords?: readonly (string | undefined)[]
  readonly patience?: Partial<Patience>
  /** What a call may have done at most; what is not named stays as it is by default. */
  readonly grant?: Partial<Grant>
  /** Keys that choose a route by themselves: `{ '1': 'sales' }`. */
  readonly keypad?: Readonly<Record<string, string>>
  /**
   * While the greeting is being heard the assistant cannot be interrupted; what the caller says meanwhile is kept and
   * answered afterwards. `off` lets the caller interrupt the greeting too. Default `full`.
   */
  readonly greetingShield?: 'full' | 'off'
  /** Runs while the phone is still ringing. */
  readonly lookUp?: {
    find(facts: CallFacts, signal: AbortSignal): Promise<Known>
    /** Used when `find` fails or takes longer than `timeoutMs` (default 1,500). */
    orElse(facts: CallFacts): Known
    readonly timeoutMs?: number
  }
  readonly prompt: readonly Section<Known>[]
  /**
   * The other side speaks first: the greeting is said only when they have been silent for this long (ms). Without it the
   * greeting comes at once. For calls that we place.
   */
  readonly speaksAfterMs?: number
  /** The words the assistant opens with. Without it the caller speaks first. */
  greeting?(facts: CallFacts, known: Known): string
  readonly routes: Routes
  readonly tools: readonly Tool<Known>[]
}

/** A call's own share of a mode, ready for the model. */
export interface Briefing {
  readonly instructions: string
  readonly greeting?: string
  readonly known: unknown
}

/** A mode whose looked-up type is closed over. */
export interface Mode {
  readonly name: string
  readonly voice?: string
  readonly turnTaking: TurnTaking
  readonly wishes: ModelWishes
  readonly patience: Patience
  readonly grant: Grant
  readonly keypad: Readonly<Record<string, string>>
  /** The assistant speaks first. */
  readonly greets: boolean
  /** The other side speaks first, unless they are silent for this long (ms). */
  readonly speaksAfterMs?: number
  readonly greetingShield: 'full' | 'off'
  readonly routes: Routes
  readonly tools: readonly Tool[]
  /** Twelve hex digits that change with the fixed sections and the tools. */
  readonly promptVersion: string
  /** Looks up what the mode needs and renders prompt and greeting. Never rejects: a failed look-up uses `orElse`. */
  brief(facts: CallFacts, onLookUpFailed?: (error: unknown) => void): Promise<Briefing>
}

/** A look-up that takes longer would delay the greeting more than the name in it is worth. */
const LOOK_UP_TIMEOUT_MS = 1_500

const DEFAULT_TURN_TAKING: TurnTaking = {
  opening: { kind: 'semantic', eagerness: 'high', autoReply: true },
  conversation: { kind: 'semantic', eagerness: 'medium', autoReply: true },
  minSpeechMs: 0,
}

const DEFAULT_PATIENCE: Patience = { silenceMs: 20_000, checkIns: 2, keysMs: 3_500, maxDurationMs: 30 * 60_000 }

/**
 * Defines a mode and checks it: fixed sections first, unique tool names. Throws `mode_invalid`.
 *
 * @example
 * export const timeOfDay = () => defineMode({
 *   name: 'time-of-day',
 *   prompt: [fixed('Role', 'You are an AI assistant that tells callers the time.'), live('Now', ({ startedAt }) => startedAt.toISOString())],
 *   greeting: () => 'Hello, this is an AI assistant. Would you like to know the time?',
 *   routes: {},
 *   tools: [hangUpTool()],
 * })
 */
export const defineMode = <Known = undefined>(definition: ModeDefinition<Known>): Mode => {
  checkSections(definition.name, definition.prompt)
  const names = definition.tools.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new GatewayError('mode_invalid', `Mode "${definition.name}" lists the tool "${twice}" twice.`)

  if (definition.speaksAfterMs !== undefined && !definition.greeting)
    throw new GatewayError('mode_invalid', `Mode "${definition.name}": speaksAfterMs needs a greeting to say.`)

  const lost = Object.entries(definition.keypad ?? {}).find(([, key]) => !(key in definition.routes))
  if (lost)
    throw new GatewayError(
      'mode_invalid',
      `Mode "${definition.name}": key ${lost[0]} leads to "${lost[1]}", which is not a route.`,
    )

  const lookUp = async (facts: CallFacts, onFailed?: (error: unknown) => void): Promise<Known> => {
    if (!definition.lookUp) return undefined as Known
    const { find, orElse, timeoutMs = LOOK_UP_TIMEOUT_MS } = definition.lookUp
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await unlessAborted(signal, async () => find(facts, signal))
    } catch (error) {
      onFailed?.(error)
      return orElse(facts)
    }
  }

  const greets = definition.greeting !== undefined && definition.speaksAfterMs === undefined
  const greetingShield = definition.greetingShield ?? 'full'
  // Tools for later are given while a greeting is heard that nobody interrupts. Without one the first reply may need any.
  const waits = greets && greetingShield === 'full'

  return {
    name: definition.name,
    ...(definition.voice === undefined ? {} : { voice: definition.voice }),
    turnTaking: { ...DEFAULT_TURN_TAKING, ...definition.turnTaking },
    wishes: {
      set: definition.tuning ?? {},
      suits: definition.suits ?? {},
      keywords: asKeywords(definition.keywords ?? []),
    },
    patience: { ...DEFAULT_PATIENCE, ...definition.patience },
    grant: { ...DEFAULT_GRANT, ...definition.grant },
    keypad: definition.keypad ?? {},
    greets,
    ...(definition.speaksAfterMs === undefined ? {} : { speaksAfterMs: definition.speaksAfterMs }),
    greetingShield,
    routes: definition.routes,
    // A tool is only ever invoked with what this mode's own look-up returned.
    tools: waits ? definition.tools : definition.tools.map((tool) => ({ ...tool, opening: true })),
    promptVersion: promptVersionOf(definition.prompt, definition.tools),
    async brief(facts, onLookUpFailed) {
      const known = await lookUp(facts, onLookUpFailed)
      const greeting = writtenText('greeting', definition.greeting?.(facts, known))
      return {
        instructions: renderPrompt(definition.prompt, facts, known),
        ...(greeting === undefined ? {} : { greeting }),
        known,
      }
    },
  }
}
