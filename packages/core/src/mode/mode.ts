import { DEFAULT_GRANT, type Grant } from './grant.ts'
import type { CallFacts } from '../facts.ts'
import { unlessAborted } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { businessWords, greetingProblem, renderGreeting, type GreetingWords } from './greeting-template.ts'
import { ModeInvalid } from './mode-invalid.ts'
import { chooseOpening } from './opening-tools.ts'
import { defaultLanguage, type Language } from '../language/languages.ts'
import { promptVersionOf } from './prompt-version.ts'
import { checkSections, fixedPrompt, live, renderPrompt, writtenText, type Section } from './prompt.ts'
import type { Routes } from '../route.ts'
import type { TurnDetection } from '../model.ts'
import type { Tool } from './tool.ts'
import type { Business } from '../time/business.ts'
import { closedDays } from '../time/office-now.ts'
import { asKeywords, type ModelTuning, type ModelWishes } from '../tuning.ts'

/** How turns are detected: eager during the opening, calmer during the conversation. */
export interface TurnTaking {
  readonly opening: TurnDetection
  readonly conversation: TurnDetection
  /**
   * How long speech over the assistant must last to interrupt it, so that a cough or an "mm-hm" does not; delays every real
   * interruption by about as much. 0 interrupts at once.
   */
  readonly minSpeechMs: number
}

/** Limits of silent and of long calls. */
export interface Patience {
  /** After this much silence the assistant checks in ("are you still there?"). */
  readonly silenceMs: number
  /** After this many check-ins the assistant says goodbye at the next silence. */
  readonly checkIns: number
  /** Keys without `#` are complete after this long without another one; people read digits off a card. */
  readonly keysMs: number
  /** The longest a call may last; the assistant is warned a minute before. */
  readonly maxDurationMs: number
}

/** The definition of a mode: a prompt, a greeting, tools and routes. */
export interface ModeDefinition<Known> {
  readonly name: string
  /**
   * Whose telephone it is: fills `{business}` and `{timeOfDay}` of the greeting, has every prompt tell of closed days that come,
   * and keeps keys from ringing people on them.
   */
  readonly business?: Business
  /** What the assistant speaks, in which prompt and greeting are written; {@link defaultLanguage} when absent. */
  readonly language?: Language | undefined
  /** The voice; the gateway's default when absent. */
  readonly voice?: string
  readonly turnTaking?: Partial<TurnTaking>
  /** Settings of the operator for the model; those it does not take are reported at start. */
  readonly tuning?: ModelTuning
  /** Preferences of the mode for the model, used where `tuning` has no value and the model is known to take them. */
  readonly suits?: ModelTuning
  /** Words that transcripts should spell right: the business, people, departments, services. The first fifty are used. */
  readonly keywords?: readonly (string | undefined)[]
  readonly patience?: Partial<Patience>
  /** Limits of what one call may do; absent ones have their defaults. */
  readonly grant?: Partial<Grant>
  /** Keys that choose a route without the model: `{ '1': 'sales' }`. */
  readonly keypad?: Readonly<Record<string, string>>
  /**
   * `full` (default): the greeting cannot be interrupted; what the caller says meanwhile is answered afterwards. `off`: the
   * caller can interrupt it.
   */
  readonly greetingShield?: 'full' | 'off'
  /**
   * Whether a greeting that any caller would hear in the same words is recorded once and played from then on (default). `false`:
   * the model speaks it in every call.
   */
  readonly recordsGreeting?: boolean
  /** Calls are recorded; the greeting must say so. */
  readonly recordsCalls?: boolean
  /** Runs while the phone is still ringing. */
  readonly lookUp?: {
    find(facts: CallFacts, signal: AbortSignal): Promise<Known>
    /** Used when `find` fails or takes longer than `timeoutMs` (default 1,500). */
    orElse(facts: CallFacts): Known
    readonly timeoutMs?: number
  }
  /**
   * What must outlive the process: `save` makes plain JSON of it, `restore` makes it again from that. A call that goes on
   * after a crash has it in place of a look-up; without it, or if `restore` rejects, the look-up runs again.
   */
  readonly memory?: {
    save(known: Known): unknown
    restore(saved: unknown, facts: CallFacts): Known | Promise<Known>
  }
  readonly prompt: readonly Section<Known>[]
  /**
   * For calls that we place: the callee speaks first, and the greeting is said only after this much silence (ms). Without it
   * the greeting is said at once.
   */
  readonly speaksAfterMs?: number
  /**
   * The assistant's first words: a template of `{business}`, `{timeOfDay}`, `{firstName}` and {@link ModeDefinition.greetingWords}, or
   * a function. Without it the caller speaks first.
   */
  readonly greeting?: string | ((facts: CallFacts, known: Known) => string)
  /** Placeholders of the greeting beside those of the business, and those that are known better here. */
  readonly greetingWords?: GreetingWords<Known>
  /** The tools to send with the first session, by name, in place of those that say `opening`. */
  readonly openingTools?: readonly string[]
  readonly routes: Routes
  readonly tools: readonly Tool<Known>[]
}

/** A mode rendered for one call. */
export interface Briefing {
  readonly instructions: string
  readonly greeting?: string
  /** Any caller would be greeted in these words: they come from nothing that is known about this one. */
  readonly greetsAnybody?: boolean
  readonly known: unknown
}

/** A mode ready for use; the type of its look-up is hidden. */
export interface Mode {
  readonly name: string
  readonly language: Language
  readonly voice?: string
  readonly turnTaking: TurnTaking
  readonly wishes: ModelWishes
  readonly patience: Patience
  readonly grant: Grant
  readonly keypad: Readonly<Record<string, string>>
  /** The assistant speaks first. */
  readonly greets: boolean
  /** The callee speaks first; the greeting is said after this much silence (ms). */
  readonly speaksAfterMs?: number
  readonly greetingShield: 'full' | 'off'
  /** See {@link ModeDefinition.recordsCalls}. */
  readonly recordsCalls: boolean
  /** See {@link ModeDefinition.recordsGreeting}. */
  readonly recordsGreeting: boolean
  readonly routes: Routes
  readonly business?: Business
  readonly tools: readonly Tool[]
  /** The fixed sections: how the instructions of every call begin. */
  readonly fixedInstructions: string
  /** Twelve hex digits that change with the fixed sections and the tools. */
  readonly promptVersion: string
  /**
   * Looks up what the mode needs and renders prompt and greeting. A failed look-up uses `orElse`. Rejects if that, the prompt or
   * the greeting throws. `saved`: what {@link Mode.remember} gave of this call in a process that died.
   */
  brief(facts: CallFacts, onLookUpFailed?: (error: unknown) => void, saved?: unknown): Promise<Briefing>
  /** What the mode knows of a call, as plain JSON; absent when it keeps nothing over the death of its process. */
  remember?(known: unknown): unknown
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
 *   greeting: 'Hello, this is an AI assistant. Would you like to know the time?',
 *   routes: {},
 *   tools: [hangUpTool()],
 * })
 */
export const defineMode = <Known = undefined>(definition: ModeDefinition<Known>): Mode => {
  checkSections(definition.name, definition.prompt)
  const { business, greeting: said, language = defaultLanguage } = definition
  const words: GreetingWords<Known> = {
    ...(business ? businessWords(business, language) : {}),
    ...definition.greetingWords,
  }
  const wrong = typeof said === 'string' ? greetingProblem(said, Object.keys(words)) : undefined
  if (wrong) throw new ModeInvalid(definition.name, [{ path: ['greeting'], message: wrong }])
  const greet: ((facts: CallFacts, known: Known) => string) | undefined =
    typeof said === 'string' ? (facts, known) => renderGreeting(said, words, facts, known) : said
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

  const lookUp = async (facts: CallFacts, onFailed?: (error: unknown) => void, saved?: unknown): Promise<Known> => {
    if (definition.memory && saved !== undefined) {
      try {
        return await unlessAborted(AbortSignal.timeout(LOOK_UP_TIMEOUT_MS), async () =>
          definition.memory!.restore(saved, facts),
        )
      } catch (error) {
        onFailed?.(error)
      }
    }
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

  /** The words for a caller of whom nothing is known; `undefined` when the mode has none for such a caller. */
  const greetStranger = (facts: CallFacts): string | undefined => {
    const stranger: CallFacts = { ...facts, otherParty: {} }
    try {
      const known = definition.lookUp ? definition.lookUp.orElse(stranger) : (undefined as Known)
      return writtenText('greeting', greet?.(stranger, known))
    } catch {
      return undefined
    }
  }

  const greets = greet !== undefined && definition.speaksAfterMs === undefined
  const greetingShield = definition.greetingShield ?? 'full'
  // Other tools are sent after a greeting that cannot be interrupted. Without one, the first reply may need any tool.
  const waits = greets && greetingShield === 'full'
  const tools = chooseOpening(definition, waits)
  const prompt = business ? withClosedDays(definition.prompt, business) : definition.prompt

  return {
    name: definition.name,
    language,
    ...(definition.voice === undefined ? {} : { voice: definition.voice }),
    turnTaking: { ...DEFAULT_TURN_TAKING, ...definition.turnTaking },
    wishes: {
      set: definition.tuning ?? {},
      suits: definition.suits ?? {},
      language,
      keywords: asKeywords(definition.keywords ?? []),
    },
    patience: { ...DEFAULT_PATIENCE, ...definition.patience },
    grant: { ...DEFAULT_GRANT, ...definition.grant },
    keypad: definition.keypad ?? {},
    greets,
    ...(definition.speaksAfterMs === undefined ? {} : { speaksAfterMs: definition.speaksAfterMs }),
    greetingShield,
    recordsGreeting: definition.recordsGreeting ?? true,
    recordsCalls: definition.recordsCalls ?? false,
    routes: definition.routes,
    ...(business ? { business } : {}),
    // A tool is only ever invoked with what this mode's own look-up returned.
    tools,
    fixedInstructions: fixedPrompt(definition.prompt, language),
    promptVersion: promptVersionOf(definition.prompt, definition.tools, language),
    ...(definition.memory ? { remember: (known: unknown) => definition.memory!.save(known as Known) } : {}),
    async brief(facts, onLookUpFailed, saved) {
      const known = await lookUp(facts, onLookUpFailed, saved)
      const greeting = writtenText('greeting', greet?.(facts, known))
      return {
        instructions: renderPrompt(prompt, facts, known, language),
        ...(greeting === undefined ? {} : { greeting, greetsAnybody: greeting === greetStranger(facts) }),
        known,
      }
    },
  }
}

/**
 * The prompt with the closed days that come. They are this call's: a fixed section would change every day a closure comes within
 * reach, and with it the cached prefix, the prompt's version and the recorded greetings.
 */
const withClosedDays = <Known>(prompt: readonly Section<Known>[], business: Business): readonly Section<Known>[] => {
  if (!business.closures || business.closures.length === 0) return prompt
  const fixed = prompt.filter(({ kind }) => kind === 'fixed')
  const closed = live<Known>('Closed days', ({ startedAt }) => closedDays(business, startedAt) || undefined)
  return [...fixed, closed, ...prompt.slice(fixed.length)]
}
