import { latencyMeasures } from '@llc-phone/core'
import * as z from 'zod'
import { callIdentity } from './call-view.ts'

/** The answers about one call, as the console and other programs read them. Times are milliseconds since the call began. */

const text = z.string()
const sometimes = text.optional()
const ms = z.number()
const maybeMs = ms.optional()

const tokens = z.looseObject({
  input: z.looseObject({ text: z.number(), audio: z.number(), cachedText: z.number(), cachedAudio: z.number() }),
  output: z.looseObject({ text: z.number(), audio: z.number() }),
})

const turn = z.looseObject({
  speaker: z.enum(['caller', 'assistant']),
  /** As far as it was heard; empty when nothing of it was. */
  text,
  /** When it was added to the conversation; `startedMs` is when it was spoken. */
  atMs: ms,
  startedMs: maybeMs,
  endedMs: maybeMs,
  sentMs: maybeMs,
  heardMs: maybeMs,
  generatedMs: maybeMs,
  cut: z.literal(true).optional(),
  unheard: sometimes,
  deltaMs: maybeMs,
  latencyMs: maybeMs,
  usage: tokens.optional(),
  costUsd: z.number().optional(),
})

const speech = z.looseObject({
  startedMs: ms,
  endedMs: maybeMs,
  as: z.enum(['noise', 'kept']).optional(),
  clearedAfterMs: maybeMs,
})

const tool = z.looseObject({
  name: text,
  startedAtMs: ms,
  durationMs: ms,
  outcome: z.enum(['done', 'failed', 'timed_out', 'aborted']),
  input: z.unknown().optional(),
  result: z.unknown().optional(),
})

const transfer = z.looseObject({
  kind: z.enum(['cold', 'warm', 'voicemail', 'fallback']),
  route: sometimes,
  label: sometimes,
  number: sometimes,
  reason: sometimes,
  atMs: ms,
  outcome: sometimes,
})

const outbound = z.looseObject({
  state: text,
  to: text,
  from: text,
  scenario: sometimes,
  requestedAt: text,
  dialledAt: sometimes,
  answeredAt: sometimes,
  endedAt: sometimes,
  gate: sometimes,
  until: sometimes,
  problem: sometimes,
})

const latency = z.looseObject(
  Object.fromEntries(latencyMeasures.map((measure) => [measure, z.array(ms).optional()])) as Record<
    (typeof latencyMeasures)[number],
    z.ZodOptional<z.ZodArray<z.ZodNumber>>
  >,
)

/** The answer of `GET /calls/ID`. */
export const callStory = z
  .looseObject({
    ...callIdentity,
    promptVersion: sometimes,
    model: sometimes,
    test: z.literal(true).optional(),
    direction: text,
    caller: sometimes,
    dialled: text,
    answeredBy: sometimes,
    /** Absent in calls that this process has not served. */
    phase: sometimes,
    disposition: sometimes,
    startedAt: text,
    endedAt: sometimes,
    assistantEndedAt: sometimes,
    why: sometimes,
    whatToDo: sometimes,
    outcome: sometimes,
    firstWordsMs: maybeMs,
    turns: z.array(turn),
    tools: z.array(tool).optional(),
    transfers: z.array(transfer).optional(),
    problems: z.array(z.looseObject({ code: text, message: text, atMs: ms })),
    /** Of a call from the console, which happens on a copy: the revision of the draft, and what it would have done. */
    trial: z.object({ draft: z.number().optional(), wouldHave: z.array(text) }).optional(),
    acts: z
      .array(
        z.looseObject({
          kind: z.enum(['note', 'transfer', 'listen']),
          by: text,
          atMs: ms,
          text: sometimes,
          route: sometimes,
          endedMs: maybeMs,
        }),
      )
      .optional()
      .meta({ description: 'What people at the business did in the call.' }),
    recording: z.object({ durationMs: ms, bytes: z.int() }).optional(),
    /** Absent in calls of earlier versions, as `phases` is. */
    speech: z.array(speech).optional(),
    phases: z.array(z.looseObject({ phase: text, atMs: ms })).optional(),
    latency: latency.optional(),
    usage: tokens.optional(),
    cachedShare: z.number().optional(),
    costUsd: z.number().optional(),
    costEstimated: z.boolean().optional(),
    audio: z.record(text, z.number()).optional(),
    omitted: z.record(text, z.number()).optional(),
    notes: z.array(z.looseObject({ text, at: z.unknown() })).optional(),
    outbound: outbound.optional(),
  })
  .meta({ id: 'CallStory' })
