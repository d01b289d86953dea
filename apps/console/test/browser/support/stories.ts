import type { Story, Turn } from '../../../src/pages/call/story.ts'

/** A call as `GET /calls/ID` answers it, without what happened in it. */
const call = (parts: Partial<Story>): Story => ({
  callId: 'odd',
  callSid: 'CA00000000000000000000000000000001',
  mode: 'receptionist',
  instance: 'frontDesk',
  settingsVersion: 3,
  direction: 'inbound',
  caller: '+1415•••0177',
  dialled: '+14155550102',
  startedAt: '2026-11-20T10:00:00.000Z',
  endedAt: '2026-11-20T10:00:24.000Z',
  disposition: 'caller_hung_up',
  outcome: 'The caller hung up.',
  turns: [],
  problems: [],
  ...parts,
})

const withheld = ({ caller: _caller, ...rest }: Story): Story => rest

const greeting: Turn = {
  speaker: 'assistant',
  text: 'Harbor Dental, good morning.',
  atMs: 400,
  startedMs: 900,
  endedMs: 3_900,
  sentMs: 3_000,
  heardMs: 3_000,
}
const phases = [
  { phase: 'warming', atMs: 0 },
  { phase: 'joining', atMs: 300 },
  { phase: 'live', atMs: 500 },
]

/** Calls that have not gone as most do: what the page must say of each, and what it must not. */
export const oddCalls: Readonly<
  Record<
    string,
    { readonly story?: Story; readonly says: readonly (string | RegExp)[]; readonly not?: readonly RegExp[] }
  >
> = {
  'fell back': {
    story: call({
      disposition: 'fallback',
      outcome: 'The model server could not be reached; the caller was connected with the support desk.',
      why: 'The model server could not be reached; the caller was connected with the support desk.',
      whatToDo: 'Run ./phone doctor: it opens a session as a call does and says what is wrong.',
      assistantEndedAt: '2026-11-20T10:00:09.000Z',
      problems: [
        { code: 'model_unreachable', message: 'The model server does not answer.', atMs: 4_000 },
        { code: 'model_unreachable', message: 'The model server does not answer.', atMs: 8_000 },
      ],
      transfers: [
        {
          kind: 'fallback',
          label: 'the support desk',
          number: '+1415•••0112',
          reason: 'model_unreachable',
          atMs: 8_100,
          outcome: 'bridged',
        },
      ],
      speech: [],
      phases: [...phases, { phase: 'leaving', atMs: 8_100 }, { phase: 'ended', atMs: 9_000 }],
    }),
    says: [/could not be reached; the caller was connected/, 'Run ./phone doctor', 'sends the caller to', 'connected'],
    not: [/earlier version/, /Nothing was said/],
  },
  'was never answered': {
    story: call({
      direction: 'outbound',
      mode: 'outbound',
      instance: 'outbound',
      disposition: 'no_answer',
      outcome: 'The person we called did not answer.',
      why: 'The person we called did not answer.',
      outbound: {
        state: 'ended',
        to: '+1415•••0177',
        from: '+14155550100',
        scenario: 'callback',
        requestedAt: '2026-11-20T10:00:00.000Z',
        dialledAt: '2026-11-20T10:00:01.000Z',
      },
    }),
    says: ['The person we called did not answer.', 'Nothing was said in this call.', 'ended, callback'],
    not: [/earlier version/, /Set-up/],
  },
  'has no number': {
    story: withheld(call({ turns: [greeting], speech: [], phases })),
    says: ['Call from a withheld number', 'withheld', 'Harbor Dental, good morning.'],
    not: [/Delete this caller/],
  },
  'met a machine': {
    story: call({
      direction: 'outbound',
      mode: 'outbound',
      instance: 'outbound',
      disposition: 'answering_machine',
      answeredBy: 'machine',
      outcome: 'An answering machine took the call.',
      why: 'An answering machine took the call.',
      turns: [{ ...greeting, text: 'This is Harbor Dental. Please call us back.' }],
      speech: [{ startedMs: 600, endedMs: 5_000 }],
      phases,
      outbound: {
        state: 'ended',
        to: '+1415•••0177',
        from: '+14155550100',
        scenario: 'callback',
        requestedAt: '2026-11-20T09:59:50.000Z',
        answeredAt: '2026-11-20T10:00:00.000Z',
      },
    }),
    says: ['Call to +1415•••0177', 'An answering machine took the call.', 'machine'],
  },
  'was a test': {
    story: call({ test: true, turns: [greeting], speech: [], phases }),
    says: ['test'],
  },
  'has no words any more': {
    story: call({
      firstWordsMs: 620,
      speech: [
        { startedMs: 5_000, endedMs: 6_500 },
        { startedMs: 9_000, endedMs: 9_400, as: 'noise' },
      ],
      tools: [{ name: 'get_appointments', startedAtMs: 7_000, durationMs: 12, outcome: 'done' }],
      phases: [...phases, { phase: 'ended', atMs: 24_000 }],
    }),
    says: [/KEEP_TRANSCRIPTS_DAYS/, 'get_appointments'],
    not: [/no words understood/, /earlier version/],
  },
  'is not there': { says: [/There is no such call/, 'All calls'] },
}

const said = (index: number, atMs: number): Turn => {
  const times = { atMs, startedMs: atMs, endedMs: atMs + 700 }
  if (index % 2 === 0)
    return { speaker: 'caller', text: `turn ${index}: and what about the appointment after that one?`, ...times }
  const isCut = index % 7 === 0
  return {
    speaker: 'assistant',
    text: `turn ${index}: let me look that up for you`,
    ...times,
    sentMs: isCut ? 1_400 : 700,
    heardMs: 700,
    latencyMs: 300 + (index % 600),
    deltaMs: 290,
    ...(isCut ? { cut: true as const, unheard: 'and tell you what there is.' } : {}),
  }
}

/** A call of so many turns, a second each, with a tool at every fifth. */
export const longCall = (count: number): Story => {
  const turns = Array.from({ length: count }, (_, index) => said(index, index * 1_000))
  return call({
    callId: 'long',
    endedAt: new Date(Date.parse('2026-11-20T10:00:00.000Z') + count * 1_000).toISOString(),
    turns,
    speech: turns.flatMap(({ speaker, atMs }) =>
      speaker === 'caller'
        ? [{ startedMs: atMs, endedMs: atMs + 700, ...(atMs % 7_000 === 0 ? { clearedAfterMs: 1 } : {}) }]
        : [],
    ),
    tools: Array.from({ length: count / 5 }, (_, index) => ({
      name: 'get_appointments',
      startedAtMs: index * 5_000 + 720,
      durationMs: 40,
      outcome: 'done' as const,
      input: { from: 'today' },
      result: [{ service: 'cleaning' }],
    })),
    phases,
  })
}
