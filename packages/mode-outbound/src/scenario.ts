import type { Business, ConsentPurpose, Language, MachinePlan } from '@llc-phone/core'
import type * as z from 'zod'
import { readContext, refuseContext } from './context.ts'

/** What the settings allow, so that a scenario's steps mention nothing else. */
export interface Abilities {
  /** Whether times can be found and booked. */
  readonly booking: boolean
  /** Whether callees can be transferred to a person. */
  readonly transfers: boolean
}

/** The callee, as far as known. */
export interface Callee {
  readonly name?: string
}

/** Dates, time zones and the language for writing the times and words of a call. */
export interface Present {
  /** What the callee hears the opening and the message in. */
  readonly language: Language
  readonly now: Date
  /** The callee's time zone, if it is known. */
  readonly theirs?: string | undefined
}

/** Data of one call, one line each in the prompt: what it is, and its value. A value that is absent is left out. */
export type Details = Readonly<Record<string, string | undefined>>

/** One reason to call people, as data. */
export interface ScenarioDefinition<Context extends z.ZodObject> {
  /** What requests call it: "recall". */
  readonly name: string
  /** Why we call, in one line that goes on after "You have called somebody": "to confirm their appointment". */
  readonly purpose: string
  /** What a request must and may say; other fields are refused. Texts arrive as one plain line. */
  readonly context: Context
  /** Fields that are the operator's own words: they keep their lines and may be longer. */
  readonly verbatim?: readonly (keyof z.output<Context> & string)[]
  /** Checks a context against the present: the sentence about a field, such as a date that has passed. */
  check?(context: z.output<Context>, business: Business, present: Present): Readonly<Record<string, string>>
  /** What the assistant does, the same on every call. */
  steps(abilities: Abilities): string
  /** What this call is about, the model's data; every field by its name when absent. */
  details?(context: z.output<Context>, business: Business, present: Present): Details
  /** Instructions of this one call, in the operator's own words. */
  instructions?(context: z.output<Context>): string
  /** Questions to be asked in order; brings the tool `record_answer`. */
  questions?(context: z.output<Context>): readonly string[]
  /**
   * Why we call, as it goes on after "Hello, this is the AI assistant of Harbor Dental, calling": "about your order"; in the
   * language of the call ("Le llamo": "por su pedido"). Whoever picks up hears it, before it is known who they are: details
   * belong into `details`.
   */
  opener(context: z.output<Context>, business: Business, callee: Callee, present: Present): string
  /**
   * The same for a recorded voice that asks who is calling, whoever listens: without names, dates or what only the callee
   * may know. Default "with a short matter".
   */
  readonly screening?: string | ((language: Language) => string)
  /** Fixed words after the tone of an answering machine; who calls is said before them. */
  message?(context: z.output<Context>, business: Business): string | undefined
  /** The consent that the callee must have given; without it none is required. */
  readonly consent?: ConsentPurpose
  /**
   * What to do when a machine answers. By default a message is left when there is one, otherwise the call is hung up. The
   * default message says who calls, then `screening`, then asks to be called back.
   */
  readonly machine?: MachinePlan
  /** Tools beside those of every call. */
  readonly tools?: readonly 'book_appointment'[]
  /** How a call can end, beside `wrong_person` and `wrong_number`, which every call can. */
  readonly outcomes?: readonly string[]
  /** Default `afterSilence`: the callee speaks first. */
  readonly greet?: 'immediately' | 'afterSilence'
}

/** The texts and data that a scenario makes from one request. */
export interface ScenarioCall {
  readonly details: Details
  readonly instructions: string | undefined
  readonly questions: readonly string[]
  readonly message: string | undefined
  opener(callee: Callee): string
}

/** A scenario with its context type hidden. */
export interface Scenario extends Pick<
  ScenarioDefinition<z.ZodObject>,
  'name' | 'purpose' | 'screening' | 'consent' | 'machine' | 'tools' | 'outcomes' | 'greet'
> {
  readonly asksQuestions: boolean
  /** What a request must and may say. */
  readonly context: z.ZodObject
  steps(abilities: Abilities): string
  /** Checks the context of a request. Throws `request_invalid` that names the field. */
  read(context: unknown, business: Business, present: Present): ScenarioCall
}

/** `withWhom` as it is read: "with whom". */
const inWords = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const allFields = (context: Readonly<Record<string, unknown>>): Details =>
  Object.fromEntries(
    Object.entries(context).map(([field, value]) => [
      inWords(field),
      value === undefined || value === null
        ? undefined
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value as string | number),
    ]),
  )

/**
 * Defines a reason to call people. The type of its context is that of the schema.
 *
 * @example
 * const recall = defineScenario({
 *   name: 'recall',
 *   purpose: 'because their yearly check-up is due',
 *   context: z.object({ lastVisit: z.iso.date() }),
 *   steps: () => 'Say that the yearly check-up is due and offer one. If they do not want one, accept it. Call report_outcome.',
 *   opener: () => 'about a visit',
 *   consent: 'marketing',
 *   tools: ['book_appointment'],
 *   outcomes: ['booked', 'not_now', 'no'],
 * })
 */
export const defineScenario = <Context extends z.ZodObject>(definition: ScenarioDefinition<Context>): Scenario => {
  const {
    context: schema,
    verbatim = [],
    check,
    details,
    instructions,
    questions,
    opener,
    message,
    ...rest
  } = definition
  return {
    ...rest,
    context: schema,
    asksQuestions: questions !== undefined,
    read(given, business, present) {
      const context = readContext(schema, verbatim, given)
      refuseContext(check?.(context, business, present) ?? {})
      return {
        details: details ? details(context, business, present) : allFields(context),
        instructions: instructions?.(context),
        questions: questions?.(context) ?? [],
        message: message?.(context, business),
        opener: (callee) => opener(context, business, callee, present),
      }
    },
  }
}
