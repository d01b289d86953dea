import * as z from 'zod'
import { tryE164, type E164 } from '../telephone/e164.ts'
import { answeredByVerdicts } from '../line.ts'
import type { CallStep, ResumePlan } from './memory.ts'

/*
 * The journal may have been written by another version, with another state. A plan is taken whole or not at all: half a state
 * would resume a call that does what nobody decided. A field that is added later must be optional here, or calls do not survive
 * the restart that brings it.
 */

const count = z.number().int().nonnegative()
const number = z.string().refine((text): text is E164 => tryE164(text) !== undefined)
const fault = z.object({ code: z.string(), message: z.string() })

const departure = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hangUp') }),
  z.object({
    kind: z.literal('transfer'),
    route: z.string(),
    number,
    extension: z.string().optional(),
    label: z.string(),
    reason: z.string(),
  }),
  z.object({ kind: z.literal('voicemail'), route: z.string(), label: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('conference'), name: z.string(), label: z.string() }),
  z.object({ kind: z.literal('keys'), digits: z.string() }),
  z.object({ kind: z.literal('fallback'), error: fault }),
])

const consultation = z.object({
  route: z.string(),
  number,
  extension: z.string().optional(),
  label: z.string(),
  introduction: z.string(),
})

const planSchema = z.object({
  instance: z.string(),
  name: z.string().optional(),
  kept: z.object({
    connects: count,
    callerTurns: count,
    recordedTurns: count,
    takenBack: count,
    notes: z.array(z.string()),
    machineAnswered: z.boolean(),
    rung: z.record(z.string(), count),
    greeted: z.boolean(),
    verdict: z.enum(answeredByVerdicts).optional(),
    departure: departure.optional(),
    awayKind: z.enum(['transfer', 'voicemail', 'keys', 'reconnect']).optional(),
    consultation: consultation.optional(),
  }),
  spent: z.object({ called: count, written: count }),
  known: z.unknown().optional(),
})

const stepSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('tool'),
    toolCallId: z.string(),
    name: z.string(),
    argumentsJson: z.string(),
    output: z.string().optional(),
    atMs: z.number(),
  }),
  z.object({ kind: z.literal('keys'), text: z.string(), atMs: z.number() }),
])

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The plan in the JSON of `CallChanges.plan`; `undefined` when it is damaged, or of a version whose state was another one. */
export const readPlan = (text: string): ResumePlan | undefined => {
  const { data } = planSchema.safeParse(parsed(text))
  return data as ResumePlan | undefined
}

/** The step in the JSON of a `CallStep`; `undefined` when it is damaged, or of a version that wrote it otherwise. */
export const readStep = (text: string): CallStep | undefined =>
  stepSchema.safeParse(parsed(text)).data as CallStep | undefined
