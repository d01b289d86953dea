/** A live call, as a list shows it. */
export interface LiveCall {
  readonly callId: string
  readonly mode: string
  readonly instance?: string
  readonly direction: string
  readonly caller?: string
  readonly dialled: string
  readonly phase: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly test?: true
  /** Whose `words` are. */
  readonly speaker?: string
  readonly words?: string
  /** Whether the caller hears the assistant just now. */
  readonly speaking?: boolean
  /** The code of the last problem. */
  readonly problem?: string
  readonly costUsd?: number
}

/** What a list is told; every field is a whole value, so that the same event twice changes nothing. */
export interface ListEvent extends Partial<LiveCall> {
  readonly callId: string
  readonly type: string
}

interface Known {
  /** Number of the last event applied; 0: only known from a list. */
  readonly seq: number
  /** From events; wins over `read`, because what happens after a list was read comes as an event. */
  readonly told: Partial<LiveCall>
  readonly read: Partial<LiveCall>
  readonly whole?: LiveCall
}

/** All that is known of live calls; never changed in place. */
export interface LiveCalls {
  readonly known: ReadonlyMap<string, Known>
  /** Calls that have ended: no late event brings one back. */
  readonly gone: ReadonlySet<string>
}

/** More than one list of the gateway has. */
const MAX_GONE = 500

/** Nothing is known yet. */
export const noCalls: LiveCalls = { known: new Map(), gone: new Set() }

/** The number in an id `BOOT.SEQ`; 0 when there is none. */
export const seqOf = (id: string): number => Number(id.slice(id.lastIndexOf('.') + 1)) || 0

const FIELDS = [
  'callId',
  'mode',
  'instance',
  'direction',
  'caller',
  'dialled',
  'phase',
  'startedAt',
  'test',
  'speaker',
  'words',
  'speaking',
  'problem',
  'costUsd',
] as const

const pick = (from: Partial<LiveCall>): Partial<LiveCall> =>
  Object.fromEntries(FIELDS.flatMap((field) => (from[field] == null ? [] : [[field, from[field]]])))

const sameFields = (one: Partial<LiveCall> | undefined, other: Partial<LiveCall>): boolean =>
  one !== undefined && FIELDS.every((field) => one[field] === other[field])

/** The call as a row shows it, and the same object while nothing of it changes; absent until its beginning is known. */
const joined = (known: Known): Known => {
  const both = { ...known.read, ...known.told }
  if (both.startedAt === undefined || both.dialled === undefined) return known
  return sameFields(known.whole, both) ? known : { ...known, whole: both as LiveCall }
}

const withGone = (state: LiveCalls, callId: string): LiveCalls => {
  const known = new Map(state.known)
  known.delete(callId)
  return { known, gone: new Set([...[...state.gone].slice(-MAX_GONE), callId]) }
}

/** Applies an event with the id `BOOT.SEQ` that it came with. */
export const foldEvent = (state: LiveCalls, id: string, event: ListEvent): LiveCalls => {
  const { callId, type } = event
  if (state.gone.has(callId)) return state
  if (type === 'ended' || event.phase === 'ended') return withGone(state, callId)
  if (type !== 'opened' && type !== 'call') return state
  const seq = seqOf(id)
  const before = state.known.get(callId)
  if (before && seq < before.seq) return state
  const told = { ...before?.told, ...pick(event) }
  const after = joined({ ...before, read: before?.read ?? {}, seq, told })
  if (before && before.seq === seq && sameFields(before.told, told)) return state
  return { ...state, known: new Map(state.known).set(callId, after) }
}

/**
 * Joins in a list of the calls that are live. `knownBefore` are the ids that were known when it was asked for: those
 * that it does not have are gone.
 */
export const foldList = (state: LiveCalls, list: readonly LiveCall[], knownBefore: ReadonlySet<string>): LiveCalls => {
  const listed = new Map(list.filter(({ callId }) => !state.gone.has(callId)).map((call) => [call.callId, call]))
  const known = new Map<string, Known>()
  for (const [callId, entry] of state.known)
    if (listed.has(callId) || !knownBefore.has(callId)) known.set(callId, entry)
  for (const [callId, call] of listed) {
    const before = known.get(callId)
    known.set(callId, joined({ seq: 0, told: {}, ...before, read: pick(call) }))
  }
  return { ...state, known }
}

/** After another process has begun: what it tells counts from one again. */
export const forgetSeqs = (state: LiveCalls): LiveCalls => ({
  gone: state.gone,
  known: new Map([...state.known].map(([callId, entry]) => [callId, { ...entry, seq: 0 }])),
})

/** The rows of a list: the newest call first. */
export const rowsOf = ({ known }: LiveCalls): readonly LiveCall[] =>
  [...known.values()]
    .flatMap(({ whole }) => whole ?? [])
    .toSorted((one, other) =>
      one.startedAt === other.startedAt
        ? one.callId.localeCompare(other.callId)
        : one.startedAt < other.startedAt
          ? 1
          : -1,
    )
