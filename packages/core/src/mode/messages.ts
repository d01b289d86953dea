import * as z from 'zod'
import { attempt } from './attempt.ts'
import { asksForCallBack, callBackTelephone, neededTelephone } from '../telephone/call-back.ts'
import type { CallFacts } from '../facts.ts'
import { sayTelephone, telephoneText } from '../telephone/telephone.ts'
import { defineTool, type Tool } from './tool.ts'

/**
 * What a message is: words for somebody, a wish to be called back or to come by, a recording, or a note for colleagues that the
 * caller does not know of.
 */
export const messageKinds = ['message', 'callback', 'visit', 'recording', 'note'] as const
export type MessageKind = (typeof messageKinds)[number]

/** What a caller leaves for somebody. */
export interface Message {
  readonly callId: string
  readonly callerName: string
  /** `null` when the number is withheld and the caller gave none. */
  readonly callerNumber: string | null
  /** The extension, when the caller gave one. */
  readonly callerExtension?: string
  readonly text: string
  readonly urgency: 'normal' | 'urgent'
  /** Default `message`. */
  readonly kind?: MessageKind
  /** Whom it is for, in the words of the caller; absent when for nobody in particular. */
  readonly recipient?: string
  /** The key of the route that the caller wanted. */
  readonly route?: string
  /** Of a recorded message: its URL, and the carrier's id for it. */
  readonly recordingUrl?: string
  readonly recordingId?: string
  /** Identifies the request within the call, such as a `toolCallId`: the same key again is the same message. */
  readonly idempotencyKey?: string
  /** The destinations to deliver it to; none when it only waits to be read. */
  readonly deliverTo?: readonly string[]
}

/** A stored message. */
export interface StoredMessage extends Message {
  readonly id: string
  readonly createdAt: Date
}

/** The port for storing messages. */
export interface MessageBook {
  /**
   * Stores a message and resolves once it is durable, because the caller is told so then. The same key, or the same content,
   * within one call is stored once and returns the first id.
   */
  take(message: Message): Promise<{ readonly id: string }>
  /** Oldest first. */
  list(): Promise<readonly StoredMessage[]>
}

/** The messages stored on each call, to recognise repeated ones. */
const storedOn = new WeakMap<CallFacts, Set<string>>()

/** Whether the call has stored the same message before; the book keeps it once. */
const isStoredAlready = (facts: CallFacts, message: readonly (string | null)[]): boolean => {
  const stored = storedOn.get(facts) ?? new Set()
  storedOn.set(facts, stored)
  const key = JSON.stringify(message)
  return stored.has(key) || !stored.add(key)
}

/** What the model is told to say about a stored message. Without a number it must not promise a call back. */
const sayStored = (named: string | undefined, isReachable: boolean): string => {
  const taken = 'Tell the caller in one short sentence that the message has been taken'
  if (named !== undefined) return `${taken} and that they can be reached on ${named}.`
  return isReachable ? `${taken}.` : `${taken}. There is no number to call back: do not promise that anybody will.`
}

/**
 * The tool that takes a message; the model is told "stored" only once the message is durable. `kind`: what is stored, when it is
 * known; else a message, or a wish to be called back.
 */
export const takeMessageTool = (messages: Pick<MessageBook, 'take'>, kind?: MessageKind): Tool =>
  defineTool({
    name: 'take_message',
    effect: 'write',
    description:
      'Stores a message from the caller. First ask for the name and what it is about, read name and message back in one sentence, and get a yes.',
    input: z.strictObject({
      caller_name: z.string().trim().min(1).max(80),
      caller_number: z
        .string()
        .trim()
        .max(64)
        .optional()
        .describe(
          'Number to call back, with "ext." and the extension if they have one. Leave it out when it is the one they are calling from.',
        ),
      call_back: z.boolean().optional().describe('Whether they want to be called back.'),
      message: z.string().trim().min(1).max(1_000).describe('In the words of the caller.'),
      for: z.string().trim().min(1).max(80).optional().describe('Who it is for, if they said.'),
      urgency: z.enum(['normal', 'urgent']),
    }),
    writes: (result) => !(result as { readonly repeated?: true }).repeated,
    async run({ caller_name, caller_number, call_back: wish, message, for: recipient, urgency }, { facts, signal }) {
      const isCallBack = wish ?? asksForCallBack(message)
      const stored = kind ?? (isCallBack ? 'callback' : 'message')
      const telephone = isCallBack
        ? neededTelephone(caller_number, facts, WITHOUT_NUMBER)
        : callBackTelephone(caller_number, facts)
      const { number = null, extension } = telephone ?? {}
      const kept = {
        callId: facts.callId,
        callerName: caller_name,
        callerNumber: number,
        ...(extension === undefined ? {} : { callerExtension: extension }),
        text: message,
        urgency,
        ...(stored === 'message' ? {} : { kind: stored }),
        ...(recipient === undefined ? {} : { recipient }),
      } as const
      await attempt(
        'The message could not be stored. Say so, and offer to connect the caller or ask them to call again.',
        signal,
        () => messages.take(kept),
      )
      const text = telephone && telephoneText(telephone)
      const repeated = isStoredAlready(facts, [caller_name, text ?? null, message, urgency, recipient ?? null])
      return {
        status: 'stored',
        ...(repeated ? { repeated } : {}),
        say: sayStored(
          telephone && text !== facts.otherParty.number ? sayTelephone(telephone, facts.dialled) : undefined,
          telephone !== undefined,
        ),
      }
    },
  })

const WITHOUT_NUMBER =
  'If they give none, say that nobody can call them back, and take the message with call_back: false.'
