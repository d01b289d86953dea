/** What the actions of the audit log are, for people. */
const DEEDS: Readonly<Record<string, string>> = {
  signed_in: 'signed in',
  signed_out: 'signed out',
  sign_in_failed: 'wrong keys',
  session_ended: 'signed a browser out',
  person_added: 'added a person',
  person_changed: 'changed a role',
  person_removed: 'removed a person',
  key_issued: 'issued a key',
  key_revoked: 'revoked a key',
  number_moved: 'moved a number',
  number_webhook_set: 'set a number at Twilio',
  message_changed: 'changed a message',
  message_delivered: 'sent a message again',
  message_played: 'played a recording',
  message_revealed: 'saw a number whole',
  customer_revealed: 'saw a number whole',
  contacts_revealed: 'saw a number whole',
  do_not_call_revealed: 'saw a number whole',
  messages_exported: 'exported messages',
  calls_exported: 'exported calls',
  call_ended: 'ended a call',
  call_listened: 'listened in',
  call_note: 'told the assistant something',
  call_placed: 'had somebody called',
  call_revealed: 'saw a number whole',
  call_transferred: 'transferred a caller',
  caller_forgotten: 'deleted a caller',
  recording_played: 'played a recording',
  test_call: 'made a test call',
  appointment_booked: 'booked an appointment',
  appointment_moved: 'moved an appointment',
  appointment_cancelled: 'cancelled an appointment',
  customer_added: 'added a customer',
  customer_changed: 'changed a customer',
  customer_deleted: 'deleted a customer',
  customers_exported: 'exported customers',
  customers_imported: 'imported customers',
  contact_changed: 'changed a contact',
  contact_removed: 'forgot a contact',
  contacts_exported: 'exported contacts',
  contacts_imported: 'imported contacts',
  do_not_call_added: 'put a number on do-not-call',
  do_not_call_exported: 'exported do-not-call numbers',
  do_not_call_imported: 'imported do-not-call numbers',
  do_not_call_removed: 'took a number off do-not-call',
  greeting_removed: 'had a greeting spoken again',
  phrases_recorded: 'recorded phrases',
  settings_published: 'published settings',
  settings_draft_discarded: 'discarded a draft',
  settings_draft_restored: 'restored an old version as the draft',
  settings_draft_saved: 'worked on the draft',
  settings_reloaded: 'read the settings again',
}

/** What somebody did, in words; an action without words of its own as the log has it. */
export const deedText = (action: string): string => DEEDS[action] ?? action.replaceAll('_', ' ')

/** The actions to choose from, by what they are called. */
export const deedChoices: readonly (readonly [action: string, title: string])[] = Object.entries(DEEDS)
  .map(
    ([action, title]) =>
      [
        action,
        /revealed$|_played$/.test(action)
          ? `${title} (${action.replace(/_(revealed|played)$/, '').replaceAll('_', ' ')})`
          : title,
      ] as const,
  )
  .toSorted(([, one], [, other]) => one.localeCompare(other))

/** Roles, with what they are for. */
export const roleHelp = {
  viewer: 'looks; numbers masked, no recordings',
  operator: 'also ends calls, moves numbers, sees to messages',
  manager: 'also sets up the business, and reads the audit log',
  owner: 'also people, keys and listening in',
} as const

/** Sentences of the page. */
export const words = {
  title: 'System',
  callsGoOn: 'Calls are answered all the same.',
  health: {
    well: 'Everything that was looked at is well.',
    warned: 'Calls work. Some things want a look.',
    failed: 'Some calls cannot work until this is put right.',
  },
  people: {
    none: 'Nobody yet: only the ADMIN_TOKEN of the environment opens this gateway. Add the people who use it, each with a role and a key of their own.',
    keyOnce: 'This key is shown once. Give it to its person now; it can be read nowhere again.',
    lastOwner:
      'No owner with a key is left then. Only somebody who has the ADMIN_TOKEN of the environment can add one again.',
    yourself: 'This is you: what you are signed in to now ends with it.',
    yourRole: 'This is you: from the next click on you can do only what that role may.',
  },
  audit: { none: 'Nothing matches. Lines are kept for good.' },
  sessions: { none: 'No browser is signed in. Programs with a key are not listed.' },
  deliveries: { none: 'Every message has reached where it was sent, or there is nowhere to send one.' },
  tuning: {
    none: 'No calls in this time.',
    about:
      'Calls by the tuning profile that was in force for them: choose the profile in the settings, compare it here.',
    few: 'Fewer than 20 calls: too few to compare.',
  },
  keeping: {
    noBackup:
      'No backup in its usual place. A disk that fails takes the history, the messages and the settings with it.',
    oldBackup: 'The newest backup is older than two days.',
    backupHow: './phone backup copies the database while calls run; have it run every night.',
    inPostgres:
      'The database is a Postgres server, whose backups are made there and not seen here. ./phone backup says which pg_dump makes one.',
  },
} as const

/** A browser by what it calls itself, for people: `Firefox on Linux`. */
export const browserText = (agent: string | undefined): string => {
  if (!agent) return 'unknown'
  const [, name] =
    [/(Edg)\//, /(Firefox)\//, /(Chrome)\//, /Version\/.*(Safari)\//].map((one) => one.exec(agent)).find(Boolean) ?? []
  const system = /Android|iPhone|iPad|Windows|Macintosh|CrOS|Linux/.exec(agent)?.[0]
  const told = [name === 'Edg' ? 'Edge' : name, system === 'Macintosh' ? 'macOS' : system].filter(Boolean)
  return told.length > 0 ? told.join(' on ') : agent.slice(0, 40)
}

/** A size in bytes, roughly. */
export const sizeText = (bytes: number): string =>
  bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1_000))} kB`
    : `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`
