import * as z from 'zod'
import { GatewayError } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { ToolSpec } from '../model.ts'
import type { Consultation, Departure, LastWords, ListeningReason } from '../departure.ts'
import { readToolInput } from './tool-input.ts'

/** What a tool may do to its own call, and to no other. */
export interface CallControl {
  /** Leaves the conversation once the assistant's last words have been heard. */
  leave(departure: Departure, lastWords?: LastWords): void
  /** Rings a person on a leg of their own; the conversation goes on meanwhile and is told how it went. */
  consult(consultation: Consultation): void
  /** Says nothing about what was just heard and goes on listening. */
  keepListening(why: ListeningReason): void
}

/** What a tool is given beside its input. */
export interface ToolContext<Known = unknown> {
  readonly facts: CallFacts
  /** What the mode looked up while the phone was ringing; one object per call, so it can carry the call's state. */
  readonly known: Known
  readonly call: CallControl
  /** Aborted when the tool runs out of time or the call is over. */
  readonly signal: AbortSignal
  /** The present, which is not when the call began; read it with {@link nowOf}. */
  readonly now?: () => Date
}

/** The present of a call, by its clock; the machine's where a tool is run without one. */
export const nowOf = ({ now }: Pick<ToolContext, 'now'>): Date => now?.() ?? new Date()

export { notComplete, ToolError } from '../tool-error.ts'

/**
 * What calling a tool amounts to, which decides what is said around it: `read` looks something up; `write` changes what the
 * caller must have said yes to; `note` stores what was said or wished, without a question; `leave` takes the caller away
 * or rings somebody for them; `listen` says nothing.
 */
export type ToolEffect = 'read' | 'write' | 'note' | 'leave' | 'listen'

/** Something the model may do. */
export interface Tool<Known = unknown> extends ToolSpec {
  readonly effect: ToolEffect
  /** Given to the model from the first word; the others follow once the opening is over. */
  readonly opening: boolean
  /** A silent tool's result is kept by the model without a reply. */
  readonly result: 'spoken' | 'silent'
  readonly timeoutMs: number
  /**
   * Whether it usually takes a second or more: the assistant says first what it is doing, and the caller does not wait in
   * silence. Left out, its own history decides.
   */
  readonly slow?: boolean
  /**
   * Whether it stores something, which a call may do only so often (its grant). A function is asked whether the
   * result stands for something new.
   */
  readonly writes?: boolean | ((result: unknown) => boolean)
  /** Never refused because the call has done a lot: it ends the call, or fulfils a wish that must be. */
  readonly always?: boolean
  /**
   * Validates the model's JSON and runs the tool. What is optional and says nothing ("", "N/A", null) counts as left out.
   * Throws {@link ToolError} for what the model should hear.
   */
  invoke(argumentsJson: string, context: ToolContext<Known>): Promise<unknown>
}

/** Callers wait about this long for an answer before they ask whether anybody is there. */
const DEFAULT_TIMEOUT_MS = 10_000

/** For {@link Tool.writes}: something new was stored when the result has this status. */
export const writesWhen =
  (status: string) =>
  (result: unknown): boolean =>
    (result as { readonly status?: unknown } | undefined)?.status === status

/**
 * Defines a tool from a zod object; the same schema validates the model's arguments and is what the model is shown.
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
    always: definition.always ?? false,
    invoke: async (argumentsJson, context) =>
      definition.run(readToolInput(definition.input, parameters, argumentsJson), context),
  }
}
