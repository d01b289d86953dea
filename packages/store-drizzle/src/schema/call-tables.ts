import type { AnsweredBy, CallStory, Disposition, NextOfCall } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import type { CallTrial } from '@llc-phone/store'
import type { Kit } from '../kit.ts'

/** The tables of calls, in the words of one engine. */
export const callTables = ({ table, text, integer, real, blob, index, primaryKey }: Kit) => {
  /** Calls; what happened in each is in the tables below, in order of `position`. */
  const calls = table(
    'calls',
    {
      id: text().primaryKey(),
      legId: text('call_sid').notNull(),
      mode: text().notNull(),
      /** Version of the fixed prompt and the tools; null while the call lasts, and in older rows. */
      promptVersion: text('prompt_version'),
      direction: text({ enum: ['inbound', 'outbound'] }).notNull(),
      /** Null when withheld. */
      caller: text(),
      dialled: text().notNull(),
      startedAt: integer('started_at', { mode: 'timestamp_ms' }).notNull(),
      /** When the assistant's part was over; null while it lasts. */
      endedAt: integer('ended_at', { mode: 'timestamp_ms' }),
      /** When the caller's leg ended, if that was later. */
      legEndedAt: integer('leg_ended_at', { mode: 'timestamp_ms' }),
      /** The caller stayed on the line with somebody else, and the end of their leg has not been reported. */
      isLegOpen: integer('is_leg_open', { mode: 'boolean' }).notNull().default(false),
      disposition: text().$type<Disposition>(),
      /** The process that serves the call; null in older rows. */
      process: text(),
      /** How many processes have served the call, so that one it was taken from writes nothing more. */
      epoch: integer().notNull().default(1),
      /** The instance that serves the call; null without INSTANCE_ID, and in older rows. */
      owner: text(),
      /** `process` under the name that it has in `instances`. */
      bootId: text('boot_id').generatedAlwaysAs(sql`process`),
      /** The epoch in which a media socket was last opened; 0: none was. */
      mediaEpoch: integer('media_epoch').notNull().default(0),
      /** How often the call was taken over. */
      adopted: integer().generatedAlwaysAs(sql`epoch - 1`),
      /** What comes next for the caller when their audio ends; null when nothing was decided. Deleted at the end. */
      next: text({ mode: 'json' }).$type<NextOfCall>(),
      answeredBy: text('answered_by').$type<AnsweredBy>(),
      model: text(),
      inputText: integer('input_text').notNull().default(0),
      inputAudio: integer('input_audio').notNull().default(0),
      inputCachedText: integer('input_cached_text').notNull().default(0),
      inputCachedAudio: integer('input_cached_audio').notNull().default(0),
      outputText: integer('output_text').notNull().default(0),
      outputAudio: integer('output_audio').notNull().default(0),
      /** Null when nothing was transcribed, and in older rows. */
      transcription: text({ mode: 'json' }).$type<NonNullable<CallStory['usage']['transcription']>>(),
      /** Null when the model has no published price. */
      costUsd: real('cost_usd'),
      audio: text({ mode: 'json' }).$type<CallStory['audio']>(),
      /** The mode instance and the version of the settings that answered; null in older rows. */
      instance: text(),
      settingsVersion: integer('settings_version'),
      /** The named tuning of the instance, to compare calls made with each; null when it had none. */
      tuningProfile: text('tuning_profile'),
      language: text(),
      /** From the media stream's start to the assistant's first word, or from the first reply; null when nothing was said. */
      firstWordsMs: real('first_words_ms'),
      /** A call of the simulator or of somebody who tries the line. */
      isTest: integer('is_test', { mode: 'boolean' }).notNull().default(false),
      /** Of a call from the console: what answered, and what it would have done; null of others, or when it is not kept any more. */
      trial: text({ mode: 'json' }).$type<CallTrial>(),
      /** The codes of its problems, each once, between commas: `,model_lost,tool_failed,`; null when there were none. */
      problemCodes: text('problem_codes'),
      /** What people at the business did in it; null when that was nothing, or is not kept any more. */
      acts: text({ mode: 'json' }).$type<NonNullable<CallStory['acts']>>(),
      /** Row of its words in `call_words`, the index for full text; null while the call lasts. */
      wordsId: integer('words_id'),
    },
    (columns) => [
      // All that lists of calls are filtered by: one pass over this index answers any combination.
      index('calls_filtered').on(
        columns.startedAt,
        columns.id,
        columns.disposition,
        columns.direction,
        columns.instance,
        columns.isTest,
        columns.settingsVersion,
        columns.tuningProfile,
        columns.firstWordsMs,
        columns.problemCodes,
        columns.caller,
        columns.dialled,
        columns.wordsId,
      ),
      index('calls_by_sid').on(columns.legId),
      index('calls_unfinished')
        .on(columns.process)
        .where(sql`ended_at IS NULL`),
      index('calls_by_owner')
        .on(columns.owner)
        .where(sql`ended_at IS NULL`),
    ],
  )

  /**
   * Gateway processes that use this database: each updates its row every few seconds, so that its calls are not ended as
   * left behind.
   */
  const processes = table('processes', {
    id: text().primaryKey(),
    seenAt: integer('seen_at', { mode: 'timestamp_ms' }).notNull(),
    /** Where it listens while it lives; null when it cannot, and in older rows. */
    address: text(),
  })

  /** The columns of a table that hangs on a call. */
  const ofCall = () => ({
    callId: text('call_id')
      .notNull()
      .references(() => calls.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
  })

  /** What another process needs to go on with a live call; deleted when the call ends. */
  const liveCalls = table('live_calls', {
    callId: text('call_id')
      .primaryKey()
      .references(() => calls.id, { onDelete: 'cascade' }),
    /** Mode instance, state and what the mode knows, as JSON. */
    plan: text().notNull(),
    writtenAt: integer('written_at', { mode: 'timestamp_ms' }).notNull(),
    /** What the clock of its process said at that time: when the call began was read from the same clock. */
    ownTime: integer('own_time', { mode: 'timestamp_ms' }),
    /** When a process has last taken it over; null before. */
    adoptedAt: integer('adopted_at', { mode: 'timestamp_ms' }),
    /** How often in a row that was within half a minute of the time before. */
    quickAdoptions: integer('quick_adoptions').notNull().default(0),
    /** When its silence was last told to a process that asks the carrier; null before. */
    lookedAt: integer('looked_at', { mode: 'timestamp_ms' }),
  })

  /** Tool calls of live calls with inputs and results, and keys; deleted when the call ends. */
  const liveSteps = table(
    'live_steps',
    {
      ...ofCall(),
      step: text().notNull(),
    },
    (columns) => [primaryKey({ columns: [columns.callId, columns.position] })],
  )

  /** Logs of calls, compressed: what the decisions of a call depended on. */
  const callEvents = table(
    'call_events',
    {
      callId: text('call_id')
        .primaryKey()
        .references(() => calls.id, { onDelete: 'cascade' }),
      /** Version of the log's format. */
      version: integer().notNull(),
      events: blob({ mode: 'buffer' }).notNull(),
      /** When the call ended. */
      createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    },
    (columns) => [index('call_events_by_time').on(columns.createdAt)],
  )
  return { calls, processes, liveCalls, liveSteps, callEvents, ofCall }
}
