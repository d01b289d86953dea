import { fallbackOutcome, GatewayError, type CallStory, type Turn } from '@llc-phone/core'
import { matchesFilter, type CallExtras, type CallJournal, type CallSummary, type RecordedCall } from '@llc-phone/store'

/** As the database refuses what it will never take. */
const refusal = (): GatewayError =>
  new GatewayError('database_failed', 'NOT NULL constraint failed', {
    cause: Object.assign(new Error('NOT NULL constraint failed'), {
      code: 'SQLITE_CONSTRAINT_NOTNULL',
      isRefused: true,
    }),
  })

const nothingUsed: CallStory['usage'] = {
  input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 },
  output: { text: 0, audio: 0 },
}

const newestFirst = (calls: Iterable<RecordedCall>): RecordedCall[] =>
  [...calls].toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))

const HOURS_MS = 4 * 3_600_000

/** A leg whose end nobody reported ends with the assistant's part. */
const asRead = (call: RecordedCall): RecordedCall => {
  const { assistantEndedAt, endedAt, ...rest } = call
  const isForgotten = assistantEndedAt !== undefined && Date.now() - Date.parse(assistantEndedAt) > HOURS_MS
  return endedAt === undefined && isForgotten ? { ...rest, endedAt: assistantEndedAt } : call
}

const summary = (call: RecordedCall): CallSummary & Pick<RecordedCall, 'turns'> => ({
  ...asRead(call),
  ...(call.problems?.length ? { problemCodes: [...new Set(call.problems.map(({ code }) => code))] } : {}),
})

/** A journal of one process that forgets when the test is over, and works while its disk does (`testCallJournal`). */
export const memoryJournal = () => {
  const calls = new Map<string, RecordedCall>()
  /** What live calls have noted, by position. */
  const live = new Map<string, Map<number, Turn>>()
  /** The calls that are over, with their logs. */
  const kept = new Map<string, RecordedCall & Pick<CallExtras, 'log'>>()
  const disk: { fails: GatewayError | undefined } = { fails: undefined }
  const orFail = (): void => {
    if (disk.fails) throw disk.fails
  }
  const journal: CallJournal = {
    async begin({ callId, legId, mode, direction, caller, dialled, startedAt }) {
      orFail()
      if (calls.has(callId)) return
      const opening = { callId, legId, mode, direction, ...(caller ? { caller } : {}), dialled, startedAt }
      calls.set(callId, { ...opening, turns: [], tools: [], transfers: [], latency: {}, usage: nothingUsed })
    },
    async finish({ phase: _phase, events: _events, ...story }: CallStory, { model, costUsd, log } = {}) {
      orFail()
      if (story.callId === 'refused' || story.turns.some(({ text, speaker }) => text === null || speaker === null))
        throw refusal()
      const call = {
        ...story,
        ...(model ? { model } : {}),
        ...(costUsd === undefined ? {} : { costUsd }),
      } as RecordedCall
      calls.set(story.callId, call)
      kept.set(story.callId, { ...call, ...(log ? { log } : {}) })
    },
    async find(id) {
      orFail()
      if (id === '') return undefined
      const call = calls.get(id) ?? newestFirst(calls.values()).find(({ legId }) => legId === id)
      return call && asRead(call)
    },
    async recent(limit, { before, newerThan, except = [], filter = {} } = {}) {
      orFail()
      const found = newestFirst(calls.values())
        .map(summary)
        .filter((call) => !except.includes(call.callId) && matchesFilter(call, filter))
        .filter(({ startedAt }) => !before || Date.parse(startedAt) < before.startedAt.getTime())
        .filter(({ startedAt }) => !newerThan || Date.parse(startedAt) > newerThan.startedAt.getTime())
      return newerThan ? found.slice(-limit) : found.slice(0, limit)
    },
    async legReported(legId, news, at) {
      orFail()
      const call = newestFirst(calls.values()).find((each) => each.legId === legId)
      if (!call?.assistantEndedAt || call.endedAt !== undefined) return false
      const outcome = fallbackOutcome(news)
      calls.set(call.callId, {
        ...call,
        ...(news.isOver ? { endedAt: at.toISOString() } : {}),
        transfers: call.transfers.map((each) => (each.kind === 'fallback' && outcome ? { outcome, ...each } : each)),
      })
      return true
    },
    async write(changes) {
      orFail()
      for (const { facts, mode, replaces, turns } of changes) {
        const { callId, legId, direction, dialled, startedAt } = facts
        const opening = { callId, legId, mode, direction, dialled, startedAt: startedAt.toISOString() }
        const known = replaces ? new Map<number, Turn>() : (live.get(callId) ?? new Map<number, Turn>())
        for (const { position, ...turn } of turns)
          if (turn.text === '') known.delete(position)
          else known.set(position, turn)
        live.set(callId, known)
        const inOrder = [...known].toSorted(([one], [other]) => one - other).map(([, turn]) => turn)
        const before = calls.get(callId) ?? { ...opening, tools: [], transfers: [], latency: {}, usage: nothingUsed }
        calls.set(callId, { ...before, turns: inOrder })
      }
      return []
    },
    async abandoned() {
      orFail()
      return undefined
    },
    left: async () => ({ steps: [] }),
    adopt: async () => false,
    strays: async () => [],
    release: async () => {},
    closeStray: async () => false,
    epochOf: () => 1,
    mediaOpened: async () => undefined,
    async tend() {
      orFail()
      return 0
    },
  }
  return { journal, kept, disk }
}
