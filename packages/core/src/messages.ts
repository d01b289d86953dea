import * as z from 'zod'
import { attempt } from './attempt.ts'
import type { E164 } from './e164.ts'
import type { CallFacts } from './facts.ts'
import { spokenNumber } from './spoken.ts'
import { defineTool, ToolError, type Tool, type ToolContext } from './tool.ts'

/** What a caller leaves for somebody. */
export interface Message {
  readonly callId: string
  readonly callerName: string
  /** `null` when it was withheld and the caller named none. */
  readonly callerNumber: string | null
  readonly text: string
  readonly urgency: 'normal' | 'urgent'
  /** The key of the route the caller wanted. */
  readonly route?: string
  /** A recorded message: where it can be fetched, and Twilio's id of it. */
  readonly recordingUrl?: string
  readonly recordingSid?: string
  /** Names the wish within the call, such as a `toolCallId`: the same key again is the same message. */
  readonly idempotencyKey?: string
  /** The name of where it is to be sent; absent when it only waits to be read. */
  readonly deliverTo?: string
}

/** A message as it is kept. */
export interface StoredMessage extends Message {
  readonly id: string
  readonly createdAt: Date
}

/** Where messages are kept. */
export interface MessageBook {
  /**
   * Resolves once the message is durable, and not before: the caller is told so. The same key, or the same content,
   * within one call is stored once and answers with the first id.
   */
  take(message: Message): Promise<{ readonly id: string }>
  /** Oldest first. */
  list(): Promise<readonly StoredMessage[]>
}

const callBackNumber = (said: string | undefined, { facts }: ToolContext): E164 | null => {
  if (!said) return facts.caller.number ?? null
  const number = spokenNumber(said, facts.dialled)
  if (!number)
    throw new ToolError('That telephone number is not complete. Ask the caller to say it again, digit by digit.')
  return number
}

/** What was stored on each call, so that the same message again is known for that. */
const storedOn = new WeakMap<CallFacts, Set<string>>()

/** Whether the call has stored just this before; the book keeps it once. */
const isStoredAlready = (facts: CallFacts, message: readonly (string | null)[]): boolean => {
  const stored = storedOn.get(facts) ?? new Set()
  storedOn.set(facts, stored)
  const key = JSON.stringify(message)
  return stored.has(key) || !stored.add(key)
}

/** The one tool that takes a message; the model hears "stored" only after the message is. */
export const takeMessageTool = (messages: Pick<MessageBook, 'take'>): Tool =>
  defineTool({
    name: 'take_message',
    description:
      'Stores a message from the caller. First ask for the name and what it is about, and read the message back in one sentence.',
    input: z.strictObject({
      caller_name: z.string().trim().min(1).max(80),
      caller_number: z
        .string()
        .trim()
        .max(32)
        .optional()
        .describe('Number to call back. Leave it out when it is the one they are calling from.'),
      message: z.string().trim().min(1).max(1_000).describe('In the words of the caller, with who it is for.'),
      urgency: z.enum(['normal', 'urgent']),
    }),
    writes: (result) => !(result as { readonly repeated?: true }).repeated,
    async run({ caller_name, caller_number, message, urgency }, context) {
      const callerNumber = callBackNumber(caller_number, context)
      const { callId } = context.facts
      await attempt(
        'The message could not be stored. Say so, and offer to connect the caller or ask them to call again.',
        context.signal,
        () => messages.take({ callId, callerName: caller_name, callerNumber, text: message, urgency }),
      )
      const repeated = isStoredAlready(context.facts, [caller_name, callerNumber, message, urgency])
      return {
        status: 'stored',
        ...(repeated ? { repeated } : {}),
        say: 'Tell the caller in one short sentence that the message has been taken.',
      }
    },
  })
