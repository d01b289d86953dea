import * as z from 'zod'
import { GatewayError } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { ToolSpec } from '../model.ts'
import type { Consultation, Departure, LastWords, ListeningReason } from '../departure.ts'
import { readToolInput } from './tool-input.ts'

/** What a tool can do to its call. */
export interface CallControl {
  /** Ends the conversation in this way, once the assistant's last words have been heard. */
  leave(departure: Departure, lastWords?: LastWords): void
  /** Rings a person on a separate leg. The conversation goes on meanwhile, and the model is told the outcome. */
  consult(consultation: Consultation): void
  /** Says nothing about what was just heard and goes on listening. */
  keepListening(why: ListeningReason): void
}

/** What a tool is given besides its input. */
export interface ToolContext<Known = unknown> {
  readonly facts: CallFacts
  /** The result of the mode's look-up; one object per call, so that tools can keep state in it. */
  readonly known: Known
  readonly call: CallControl
  /** Aborted when the tool runs out of time or the call is over. */
  readonly signal: AbortSignal
  /** The current time; read it with {@link nowOf}. */
  readonly now?: () => Date
  /** The W3C trace context of the call, for the header `traceparent` of requests that a tool makes; absent while traces are off. */
  readonly traceparent?: string
}

/** The current time by the call's clock; by the system clock when the context has none. */
export const nowOf = ({ now }: Pick<ToolContext, 'now'>): Date => now?.() ?? new Date()

export { notComplete, ToolError } from '../tool-error.ts'

/**
 * The kind of a tool: `read` looks something up; `write` changes something the caller must have agreed to; `note` stores what
 * was said, without asking; `leave` ends the conversation or rings somebody; `listen` stays silent.
 */
export type ToolEffect = 'read' | 'write' | 'note' | 'leave' | 'listen'

/** Something the model may do. */
export interface Tool<Known = unknown> extends ToolSpec {
  readonly effect: ToolEffect
  /** Available from the first word; the others are added once the opening is over. */
  readonly opening: boolean
  /** `silent`: the model gets the result without being asked for a reply. */
  readonly result: 'spoken' | 'silent'
  readonly timeoutMs: number
  /**
   * Whether it usually takes a second or more; the assistant then says first what it is doing. Decided by its past runs when
   * absent.
   */
  readonly slow?: boolean
  /**
   * Whether it stores something, which the grant limits. A function decides by the result whether something new was stored.
   */
  readonly writes?: boolean | ((result: unknown) => boolean)
  /** What a run that has stored something would have done, for whoever has tried the line: one sentence. */
  wouldHave?(result: unknown): string
  /** Allowed even when the grant is used up: it ends the call, or fulfils a request that must not be refused. */
  readonly always?: boolean
  /**
   * Validates the model's JSON and runs the tool. Optional fields with empty values ("", "N/A", null) count as absent. Throws a
   * {@link ToolError} whose message the model is told.
   */
  invoke(argumentsJson: string, context: ToolContext<Known>): Promise<unknown>
}

/** Longest run of a tool unless it sets its own. */
const DEFAULT_TIMEOUT_MS = 10_000

/** For {@link Tool.writes}: true when the result has this status. */
export const writesWhen =
  (status: string) =>
  (result: unknown): boolean =>
    (result as { readonly status?: unknown } | undefined)?.status === status

/**
 * Defines a tool from a zod object, which validates the model's arguments and is shown to the model as JSON Schema.
 *
 * @example
 * const takeNote = defineTool({
 *   name: 'add_note',
 *   description: 'Notes something about this call.',
 *   input: z.strictObject({ note: z.string().max(500) }),
 *   effect: 'note',
 *   result: 'silent',
 *   run: ({ note }, { facts }) => notes.add(facts.callId, note),
 * })
 */
export const defineTool = <Input extends z.ZodObject, Known = unknown>(definition: {
  readonly name: string
  readonly description: string
  readonly input: Input
  /** Default `read`. */
  readonly effect?: ToolEffect
  readonly opening?: boolean
  readonly result?: 'spoken' | 'silent'
  readonly timeoutMs?: number
  readonly slow?: boolean
  readonly writes?: Tool['writes']
  readonly wouldHave?: Tool['wouldHave']
  readonly always?: boolean
  run(input: z.output<Input>, context: ToolContext<Known>): unknown
}): Tool<Known> => {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(definition.name))
    throw new GatewayError('mode_invalid', `Tool "${definition.name}": name it in snake_case, up to 64 characters.`)
  const { effect = 'read' } = definition
  const { $schema: _, ...parameters } = z.toJSONSchema(definition.input, { io: 'input' })
  return {
    name: definition.name,
    description: definition.description,
    parameters,
    effect,
    opening: definition.opening ?? false,
    result: definition.result ?? 'spoken',
    timeoutMs: definition.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(definition.slow === undefined ? {} : { slow: definition.slow }),
    writes: definition.writes ?? (effect === 'write' || effect === 'note'),
    ...(definition.wouldHave ? { wouldHave: definition.wouldHave } : {}),
    always: definition.always ?? false,
    invoke: async (argumentsJson, context) =>
      definition.run(readToolInput(definition.input, parameters, argumentsJson), context),
  }
}
