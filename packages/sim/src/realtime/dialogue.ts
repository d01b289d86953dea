/** Scripted dialogues: data files that say what the assistant answers and which tools it calls. */
import { z } from 'zod'
import type { FunctionTool } from './protocol.ts'

const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z
    .union([schema, z.array(schema).min(1)])
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]) as z.output<T>[])

const callSchema = z.strictObject({
  tool: z.string(),
  /** A list is an order of preference: the first value the tool's schema allows is taken. */
  arguments: z.record(z.string(), z.unknown()).default({}),
})

const exchangeSchema = z.strictObject({
  /** Only in a session that has this tool, was told all of this, or whose last call was of this tool; of several that fit the first is taken. */
  when: z
    .strictObject({
      tool: z.string().optional(),
      told: oneOrMore(z.string()).optional(),
      called: z.string().optional(),
    })
    .default({}),
  /** Any of these phrases, heard in the caller's audio or typed as text. */
  hears: z.array(z.string()).default([]),
  /** Also answers what is not understood. */
  hearsAnything: z.boolean().default(false),
  /** Any of these within a text item (a key that was pressed, news from the gateway). */
  reads: z.array(z.string()).default([]),
  /** Several sentences become several message items of one response. */
  says: oneOrMore(z.string()).default([]),
  /** Several calls are made in one response. */
  calls: oneOrMore(callSchema).default([]),
  /** Whether the calls begin while the last sentence is still being spoken, or only behind it; as the wire does it by default. */
  callsBegin: z.enum(['whileSpeaking', 'afterSpeech']).optional(),
  /** Said when the outputs are in: the first sentence whose every `{output.field}` has a value. */
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
  then: oneOrMore(z.string()).default([]),
})

const dialogueShape = z.strictObject({
  /** The kind of mode that it is for. */
  mode: z.string(),
  /** This dialogue is chosen when the session has any of these tools; none listed = always. */
  tools: z.array(z.string()),
  /** Of several that fit a session the one with the lowest number is chosen. */
  order: z.number().default(0),
  /** What else means a phrase, as clues (`clue.ts`), by phrase. */
  understands: z.record(z.string(), z.array(z.string().regex(/[^ .]/)).min(1)).default({}),
  /** False: phrases are understood in their own words only. */
  paraphrases: z.boolean().default(true),
  greeting: z.string(),
  /** The answer to whatever somebody we called says first; without it words that are not understood are `unheard`. */
  opens: z.string().optional(),
  unheard: z.string(),
  resumes: z.string(),
  /** Said when the session lacks a tool the exchange needs. */
  cannot: z.string(),
  /** Said when a tool's output holds an error. */
  failed: z.string(),
  /** Said after a silence that the session's idle timeout ended. */
  idle: z.string().default('Are you still there?'),
  exchanges: z.array(exchangeSchema),
})

const dialogueSchema = dialogueShape.superRefine(({ understands, exchanges }, context) => {
  const phrases = new Set(exchanges.flatMap(({ hears }) => hears))
  for (const phrase of Object.keys(understands)) {
    if (phrases.has(phrase)) continue
    context.addIssue({ code: 'custom', path: ['understands', phrase], message: 'no exchange hears this phrase' })
  }
})

/** What one mode's assistant says and does. */
export type Dialogue = z.output<typeof dialogueSchema>

/** One thing the caller may say, and the answer. */
export type Exchange = Dialogue['exchanges'][number]

/** Checks a dialogue that came from a data file; throws with what is wrong. */
export const parseDialogue = (data: unknown): Dialogue => dialogueSchema.parse(data)

/** The first dialogue whose tools the session has. */
export function chooseDialogue(dialogues: readonly Dialogue[], tools: readonly FunctionTool[]): Dialogue {
  const names = new Set(tools.map(({ name }) => name))
  const chosen = dialogues.find(
    (dialogue) => dialogue.tools.length === 0 || dialogue.tools.some((tool) => names.has(tool)),
  )
  if (!chosen) throw new Error('No dialogue fits every session: packages/sim/dialogues/fallback.json is missing.')
  return chosen
}

/** Every phrase a caller may say in this dialogue. */
export const phrasesOf = (dialogue: Dialogue): string[] => [
  ...new Set(dialogue.exchanges.flatMap(({ hears }) => hears)),
]
