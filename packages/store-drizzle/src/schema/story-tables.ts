import type { CallPhase, CallStory, TokenUsage } from '@llc-phone/core'
import type { Kit } from '../kit.ts'
import type { callTables } from './call-tables.ts'

/** The tables of what happened in calls. */
export const storyTables = (
  { table, text, integer, real, counter, index, primaryKey }: Kit,
  { ofCall }: Pick<ReturnType<typeof callTables>, 'ofCall'>,
) => {
  /** What was said, by whom, in conversation order. */
  const turns = table(
    'turns',
    {
      ...ofCall(),
      speaker: text({ enum: ['caller', 'assistant'] }).notNull(),
      text: text().notNull(),
      atMs: integer('at_ms').notNull(),
      /** When the speech began and ended, in ms since the call began. */
      startedMs: integer('started_ms'),
      endedMs: integer('ended_at_ms'),
      /** Of the assistant's audio in ms: what was sent, and what the caller heard of it. */
      sentMs: integer('sent_ms'),
      heardMs: integer('heard_ms'),
      /** The caller spoke into it. */
      isCut: integer('is_cut', { mode: 'boolean' }),
      /** From the end of the caller's speech to the first audio, in ms. */
      latencyMs: real('latency_ms'),
      /** From the end of the caller's speech to the model's first audio, in ms. */
      deltaMs: real('delta_ms'),
      /** What was generated of the audio, in ms, when it is more than was sent. */
      generatedMs: integer('generated_ms'),
      /** Words that the caller did not hear. */
      unheard: text(),
      usage: text({ mode: 'json' }).$type<TokenUsage>(),
    },
    (columns) => [primaryKey({ columns: [columns.callId, columns.position] })],
  )

  /** When the caller spoke, and what it was taken for. */
  const callerSpeech = table(
    'caller_speech',
    {
      ...ofCall(),
      startedMs: integer('started_ms').notNull(),
      endedMs: integer('ended_at_ms'),
      takenAs: text('taken_as', { enum: ['noise', 'kept'] }),
      /** It interrupted: until the line was told to be silent, in ms. */
      clearedAfterMs: real('cleared_after_ms'),
    },
    (columns) => [primaryKey({ columns: [columns.callId, columns.position] })],
  )

  /** When the call came into each phase. */
  const callPhases = table(
    'call_phases',
    {
      ...ofCall(),
      phase: text().$type<CallPhase>().notNull(),
      atMs: integer('at_ms').notNull(),
    },
    (columns) => [primaryKey({ columns: [columns.callId, columns.position] })],
  )

  /** What went wrong in a call, as codes of docs/reference/errors.md. */
  const callProblems = table(
    'call_problems',
    {
      ...ofCall(),
      code: text().notNull(),
      message: text().notNull(),
      atMs: integer('at_ms').notNull(),
    },
    (columns) => [primaryKey({ columns: [columns.callId, columns.position] })],
  )

  /** What the assistant did. */
  const toolRuns = table(
    'tool_runs',
    {
      ...ofCall(),
      name: text().notNull(),
      startedAtMs: real('started_at_ms').notNull(),
      durationMs: real('duration_ms').notNull(),
      outcome: text({ enum: ['done', 'failed', 'timed_out', 'aborted'] }).notNull(),
      /** Inputs and results as KEEP_TOOL_DATA says; null when they are not kept, or not any more. */
      input: text({ mode: 'json' }),
      result: text({ mode: 'json' }),
    },
    (columns) => [primaryKey({ columns: [columns.callId, columns.position] })],
  )

  /** Attempts to transfer the caller to a person or to a recording. */
  const transfers = table(
    'transfers',
    {
      ...ofCall(),
      kind: text({ enum: ['cold', 'warm', 'voicemail', 'fallback'] }).notNull(),
      route: text(),
      label: text(),
      number: text(),
      /** The reason or introduction that the model gave. */
      reason: text(),
      atMs: integer('at_ms').notNull(),
      /** Null when the call ended before it was known. */
      outcome: text({ enum: ['bridged', 'busy', 'no_answer', 'failed', 'declined', 'recorded', 'empty'] }),
    },
    (columns) => [primaryKey({ columns: [columns.callId, columns.position] })],
  )

  /** How long each stage took, every time it was measured. */
  const latencyMarks = table(
    'latency_marks',
    {
      ...ofCall(),
      measure: text().$type<keyof CallStory['latency']>().notNull(),
      ms: real().notNull(),
    },
    (columns) => [
      primaryKey({ columns: [columns.callId, columns.position] }),
      // Statistics of a stage read nothing but this: a call has some twenty marks, of which they want one to five.
      index('latency_marks_by_measure').on(columns.measure, columns.callId, columns.ms),
    ],
  )

  /** Notes that the assistant took in calls. */
  const callNotes = table(
    'call_notes',
    {
      id: counter(),
      callId: text('call_id').notNull(),
      text: text().notNull(),
      createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    },
    (columns) => [index('call_notes_by_call').on(columns.callId)],
  )
  return { turns, callerSpeech, callPhases, callProblems, toolRuns, transfers, latencyMarks, callNotes }
}
