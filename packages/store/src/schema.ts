import type {
  AnsweredBy,
  CallStory,
  ConsentPurpose,
  Disposition,
  E164,
  Gate,
  MessageKind,
  PhraseKey,
} from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { FINAL_STATES_SQL, outboundStates } from './books/outbound-states.ts'

/** Messages callers left for somebody. */
export const messages = sqliteTable(
  'messages',
  {
    id: text().primaryKey(),
    callId: text('call_id').notNull(),
    callerName: text('caller_name').notNull(),
    /** With the extension, if any: `+14155550142 ext. 22`. Null when the caller withheld it and named none. */
    callerNumber: text('caller_number'),
    text: text().notNull(),
    urgency: text({ enum: ['normal', 'urgent'] }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    route: text(),
    recordingUrl: text('recording_url'),
    recordingId: text('recording_sid'),
    idempotencyKey: text('idempotency_key'),
    /** Null in rows from before this column. */
    contentHash: text('content_hash'),
    // From before deliveries had a table: only processes of an earlier version that still run write these four.
    deliverTo: text('deliver_to'),
    attempts: integer().notNull().default(0),
    nextAttemptAt: integer('next_attempt_at', { mode: 'timestamp_ms' }),
    deliveredAt: integer('delivered_at', { mode: 'timestamp_ms' }),
    kind: text().$type<MessageKind>().notNull().default('message'),
    /** Whom it is for, as the caller said; null when for nobody in particular. */
    recipient: text(),
    /** Null while somebody has to see to it. */
    doneAt: integer('done_at', { mode: 'timestamp_ms' }),
    doneBy: text('done_by'),
    assignedTo: text('assigned_to'),
  },
  (table) => [
    index('messages_by_time').on(table.createdAt),
    uniqueIndex('messages_by_key').on(table.callId, table.idempotencyKey),
    uniqueIndex('messages_by_content').on(table.callId, table.contentHash),
    index('messages_by_next_attempt').on(table.nextAttemptAt),
    index('messages_to_do')
      .on(table.createdAt)
      .where(sql`done_at IS NULL`),
  ],
)

/** Where each message is to be sent, and how far that is: each destination is tried by itself. */
export const messageDeliveries = sqliteTable(
  'message_deliveries',
  {
    messageId: text('message_id')
      .notNull()
      .references(() => messages.id, { onDelete: 'cascade' }),
    /** The `to` of a destination: an e-mail address or the URL of a webhook. */
    destination: text().notNull(),
    /** Attempts made. */
    attempts: integer().notNull().default(0),
    /** Null when it was sent or given up. */
    nextAttemptAt: integer('next_attempt_at', { mode: 'timestamp_ms' }),
    deliveredAt: integer('delivered_at', { mode: 'timestamp_ms' }),
    /** Null while it is tried, and when it was sent. */
    gaveUpAt: integer('gave_up_at', { mode: 'timestamp_ms' }),
    /** Why the last attempt failed, such as `HTTP 503`; null when it did not. */
    problem: text(),
  },
  (table) => [
    primaryKey({ columns: [table.messageId, table.destination] }),
    index('message_deliveries_by_next_attempt').on(table.nextAttemptAt),
  ],
)

/** Calls; what happened in each is in the tables below, in order of `position`. */
export const calls = sqliteTable(
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
    /** The codes of its problems, each once, between commas: `,model_lost,tool_failed,`; null when there were none. */
    problemCodes: text('problem_codes'),
    /** Row of its words in `call_words`, the index for full text; null while the call lasts. */
    wordsId: integer('words_id'),
  },
  (table) => [
    // All that lists of calls are filtered by: one pass over this index answers any combination.
    index('calls_filtered').on(
      table.startedAt,
      table.id,
      table.disposition,
      table.direction,
      table.instance,
      table.isTest,
      table.settingsVersion,
      table.tuningProfile,
      table.firstWordsMs,
      table.problemCodes,
      table.caller,
      table.dialled,
      table.wordsId,
    ),
    index('calls_by_sid').on(table.legId),
    index('calls_unfinished')
      .on(table.process)
      .where(sql`ended_at IS NULL`),
  ],
)

/**
 * Gateway processes that use this database: each updates its row every few seconds, so that its calls are not ended as
 * left behind.
 */
export const processes = sqliteTable('processes', {
  id: text().primaryKey(),
  seenAt: integer('seen_at', { mode: 'timestamp_ms' }).notNull(),
  /** Where it listens while it lives; null when it cannot, and in older rows. */
  address: text(),
})

const ofCall = () => ({
  callId: text('call_id')
    .notNull()
    .references(() => calls.id, { onDelete: 'cascade' }),
  position: integer().notNull(),
})

/** What another process needs to go on with a live call; deleted when the call ends. */
export const liveCalls = sqliteTable('live_calls', {
  callId: text('call_id')
    .primaryKey()
    .references(() => calls.id, { onDelete: 'cascade' }),
  /** Mode instance, state and what the mode knows, as JSON. */
  plan: text().notNull(),
  writtenAt: integer('written_at', { mode: 'timestamp_ms' }).notNull(),
})

/** Tool calls of live calls with inputs and results, and keys; deleted when the call ends. */
export const liveSteps = sqliteTable(
  'live_steps',
  {
    ...ofCall(),
    step: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.position] })],
)

/** What was said, by whom, in conversation order. */
export const turns = sqliteTable(
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
  },
  (table) => [primaryKey({ columns: [table.callId, table.position] })],
)

/** What went wrong in a call, as codes of docs/reference/errors.md. */
export const callProblems = sqliteTable(
  'call_problems',
  {
    ...ofCall(),
    code: text().notNull(),
    message: text().notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.position] })],
)

/** What the assistant did. */
export const toolRuns = sqliteTable(
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
  (table) => [primaryKey({ columns: [table.callId, table.position] })],
)

/** Attempts to transfer the caller to a person or to a recording. */
export const transfers = sqliteTable(
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
  (table) => [primaryKey({ columns: [table.callId, table.position] })],
)

/** How long each stage took, every time it was measured. */
export const latencyMarks = sqliteTable(
  'latency_marks',
  {
    ...ofCall(),
    measure: text().$type<keyof CallStory['latency']>().notNull(),
    ms: real().notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.position] })],
)

/** Logs of calls, compressed: what the decisions of a call depended on. */
export const callEvents = sqliteTable(
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
  (table) => [index('call_events_by_time').on(table.createdAt)],
)

/** Numbers assigned to a mode at run time; they win over gateway.config.ts. */
export const numberAssignments = sqliteTable('number_assignments', {
  number: text().$type<E164>().primaryKey(),
  mode: text().notNull(),
  setBy: text('set_by').notNull(),
  setAt: integer('set_at', { mode: 'timestamp_ms' }).notNull(),
})

/** Every change of an assignment: who, what, when. Rows are only added. */
export const numberChanges = sqliteTable(
  'number_changes',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    number: text().$type<E164>().notNull(),
    /** Null: the assignment was removed. */
    mode: text(),
    /** Null: there was none before. */
    previousMode: text('previous_mode'),
    changedBy: text('changed_by').notNull(),
    changedAt: integer('changed_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [index('number_changes_by_number').on(table.number)],
)

/** Published versions of the settings document. Rows are only added; the newest is in force. */
export const settingsVersions = sqliteTable('settings_versions', {
  version: integer().primaryKey({ autoIncrement: true }),
  document: text({ mode: 'json' }).notNull(),
  publishedAt: integer('published_at', { mode: 'timestamp_ms' }).notNull(),
  publishedBy: text('published_by').notNull(),
  /** Why, in the words of whoever published it. */
  note: text(),
  /** The version that was made the draft this one came from, when an old one was restored. */
  restoredFrom: integer('restored_from'),
})

/** The document that is being edited: one row, or none. */
export const settingsDraft = sqliteTable('settings_draft', {
  id: integer().primaryKey(),
  document: text({ mode: 'json' }).notNull(),
  /** The version it was begun from; null when there was none. */
  baseVersion: integer('base_version'),
  restoredFrom: integer('restored_from'),
  /** Counts the changes, so that two editors do not overwrite each other. */
  revision: integer().notNull(),
  updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  updatedBy: text('updated_by').notNull(),
})

/** People who may use the operator routes. */
export const people = sqliteTable('people', {
  id: text().primaryKey(),
  name: text().notNull(),
  role: text({ enum: ['viewer', 'operator', 'manager', 'owner'] }).notNull(),
  addedAt: integer('added_at', { mode: 'timestamp_ms' }).notNull(),
  removedAt: integer('removed_at', { mode: 'timestamp_ms' }),
})

/** Keys of people. The key itself is shown once and not kept. */
export const peopleKeys = sqliteTable(
  'people_keys',
  {
    id: text().primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    /** SHA-256 of the key, hex. */
    hash: text().notNull(),
    label: text(),
    addedAt: integer('added_at', { mode: 'timestamp_ms' }).notNull(),
    lastUsedAt: integer('last_used_at', { mode: 'timestamp_ms' }),
    revokedAt: integer('revoked_at', { mode: 'timestamp_ms' }),
  },
  (table) => [uniqueIndex('people_keys_by_hash').on(table.hash)],
)

/** What people did that others may have to know. Rows are only added. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer({ mode: 'timestamp_ms' }).notNull(),
    who: text().notNull(),
    /** A word of docs/reference/http-api.md, such as `settings_published`. */
    action: text().notNull(),
    /** What it was done to: a call id, a version, a masked number. */
    target: text(),
    details: text({ mode: 'json' }),
    /** The network address it came from. */
    address: text(),
  },
  (table) => [index('audit_log_by_time').on(table.at)],
)

/** Requested outbound calls, from request to end. Request bodies are not kept. */
export const outboundCalls = sqliteTable(
  'outbound_calls',
  {
    callId: text('call_id').primaryKey(),
    to: text('to_number').$type<E164>().notNull(),
    from: text('from_number').$type<E164>().notNull(),
    mode: text().notNull(),
    scenario: text().notNull(),
    state: text({ enum: outboundStates }).notNull(),
    legId: text('call_sid'),
    requestedAt: integer('requested_at', { mode: 'timestamp_ms' }).notNull(),
    /** When the call was reserved, moments before it was dialled; null before. */
    dialledAt: integer('dialled_at', { mode: 'timestamp_ms' }),
    answeredAt: integer('answered_at', { mode: 'timestamp_ms' }),
    endedAt: integer('ended_at', { mode: 'timestamp_ms' }),
    disposition: text().$type<Disposition>(),
    answeredBy: text('answered_by').$type<AnsweredBy>(),
    gate: text().$type<Gate>(),
    until: integer({ mode: 'timestamp_ms' }),
    problem: text(),
    seenAt: integer('seen_at', { mode: 'timestamp_ms' }),
    /** US dollars that the call counts for while its cost is not known. */
    reservedUsd: real('reserved_usd'),
    costUsd: real('cost_usd'),
    /** Reset to null when it is older than a day and another call uses it. */
    idempotencyKey: text('idempotency_key'),
    requestHash: text('request_hash').notNull(),
    /** Whether the end is reported to a webhook. */
    webhook: integer({ mode: 'boolean' }).notNull(),
    attempts: integer().notNull().default(0),
    /** Null when there is nothing to report, yet or any more. */
    nextAttemptAt: integer('next_attempt_at', { mode: 'timestamp_ms' }),
    deliveredAt: integer('delivered_at', { mode: 'timestamp_ms' }),
  },
  (table) => [
    uniqueIndex('outbound_calls_by_key').on(table.idempotencyKey),
    index('outbound_calls_by_sid').on(table.legId),
    index('outbound_calls_by_number').on(table.to, table.dialledAt),
    index('outbound_calls_by_place').on(table.dialledAt),
    index('outbound_calls_by_request').on(table.requestedAt),
    index('outbound_calls_by_next_attempt').on(table.nextAttemptAt),
    index('outbound_calls_unfinished')
      .on(table.requestedAt)
      .where(sql.raw(`state NOT IN ${FINAL_STATES_SQL}`)),
  ],
)

/** Numbers that must not be called; entries are removed by a date, and a number listed again gets another entry. */
export const doNotCallEntries = sqliteTable(
  'do_not_call_entries',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    number: text().$type<E164>().notNull(),
    reason: text(),
    source: text({ enum: ['api', 'cli', 'csv', 'call'] }).notNull(),
    callId: text('call_id'),
    addedAt: integer('added_at', { mode: 'timestamp_ms' }).notNull(),
    /** Null while the entry is in force. */
    removedAt: integer('removed_at', { mode: 'timestamp_ms' }),
    removedBy: text('removed_by'),
  },
  (table) => [
    uniqueIndex('do_not_call_in_force')
      .on(table.number)
      .where(sql`removed_at IS NULL`),
    index('do_not_call_by_number').on(table.number),
  ],
)

/** People we may want to call. */
export const contacts = sqliteTable('contacts', {
  number: text().$type<E164>().primaryKey(),
  /** IANA name; null when it is not known. */
  timeZone: text('time_zone'),
})

/** What contacts have agreed to be called for. */
export const consents = sqliteTable(
  'consents',
  {
    number: text()
      .$type<E164>()
      .notNull()
      .references(() => contacts.number, { onDelete: 'cascade' }),
    purpose: text().$type<ConsentPurpose>().notNull(),
    source: text().notNull(),
    givenAt: integer('given_at', { mode: 'timestamp_ms' }).notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }),
    revokedAt: integer('revoked_at', { mode: 'timestamp_ms' }),
  },
  (table) => [primaryKey({ columns: [table.number, table.purpose] })],
)

/** Notes that the assistant took in calls. */
export const callNotes = sqliteTable(
  'call_notes',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    callId: text('call_id').notNull(),
    text: text().notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [index('call_notes_by_call').on(table.callId)],
)

/** Recorded phrases, spoken by a model's voice. */
export const recordedPhrases = sqliteTable(
  'recorded_phrases',
  {
    voice: text().notNull(),
    language: text().notNull(),
    key: text().$type<PhraseKey>().notNull(),
    /** The words that were recorded: when the phrase's words change, the recording is no longer played. */
    text: text().notNull(),
    model: text().notNull(),
    /** μ-law 8 kHz. */
    audio: blob({ mode: 'buffer' }).notNull(),
    recordedAt: integer('recorded_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.voice, table.language, table.key] })],
)

/** Greetings that any caller hears in the same words; nothing of a caller is in them. */
export const recordedGreetings = sqliteTable('recorded_greetings', {
  /** Made from everything that the sound depends on. */
  id: text().primaryKey(),
  mode: text().notNull(),
  promptVersion: text('prompt_version').notNull(),
  voice: text().notNull(),
  model: text().notNull(),
  text: text().notNull(),
  /** μ-law 8 kHz. */
  audio: blob({ mode: 'buffer' }).notNull(),
  recordedAt: integer('recorded_at', { mode: 'timestamp_ms' }).notNull(),
})

/** Callers who got no assistant: how many in each minute, so that a flood of them is a row and not a thousand. */
export const turnedAway = sqliteTable(
  'turned_away',
  {
    minute: integer({ mode: 'timestamp_ms' }).notNull(),
    /** Our number that was called; empty for another destination. */
    dialled: text().notNull(),
    reason: text().notNull(),
    calls: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.dialled, table.reason] })],
)

/** When each job that runs once a night has run last. */
export const jobs = sqliteTable('jobs', {
  name: text().primaryKey(),
  ranAt: integer('ran_at', { mode: 'timestamp_ms' }).notNull(),
})
