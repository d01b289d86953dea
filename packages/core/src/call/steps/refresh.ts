import type { CallEffect, CallEvent } from '../events.ts'
import type { CallState, Refresh, Step } from '../state.ts'

/** A session is replaced from this long before its end on, or for the last sixth of a short life. */
const LEAD_MS = 600_000
const LEAD_SHARE = 1 / 6
/** From this long before its end on, it is replaced as soon as nobody speaks and no reply is under way. */
const LATE_MS = 60_000
const LATE_SHARE = 1 / 5
/** A fresh session that is not configured within this has failed. */
const OPENS_WITHIN_MS = 15_000
/** The pause before the next attempt; it doubles each time. */
const RETRY_MS = 5_000
/** Attempts for one session. Without success the server closes it in the end, and the conversation resumes as after any loss. */
const MAX_FAILURES = 5

/**
 * How an attempt to replace a session has ended: `replaced`, and the caller has heard nothing of it; `failed`, the fresh session
 * was refused, was lost or took too long; `lost`, the active one was lost first, and the fresh one is its successor.
 */
export type RefreshResult = 'replaced' | 'failed' | 'lost'

/** The refresh of a session that has just begun. */
export const NOT_DUE: Refresh = { stage: 'no', isLate: false, failures: 0, firstTokens: 0 }

/** A session has become the active one; `expiresInMs`: how long it may still live, if that is known. */
export const beginSession = (state: CallState, expiresInMs: number | undefined): Step => {
  const fresh: CallState = { ...state, refresh: NOT_DUE }
  if (expiresInMs === undefined) return [fresh, []]
  const leadMs = Math.round(Math.min(LEAD_MS, expiresInMs * LEAD_SHARE))
  const lateMs = Math.round(Math.min(LATE_MS, leadMs * LATE_SHARE))
  return [
    fresh,
    [
      { type: 'timer.start', timer: 'refresh', delayMs: expiresInMs - leadMs },
      { type: 'timer.start', timer: 'refreshLate', delayMs: expiresInMs - lateMs },
    ],
  ]
}

const withStage = (state: CallState, stage: Refresh['stage'], changes: Partial<Refresh> = {}): CallState => ({
  ...state,
  refresh: { ...state.refresh, stage, ...changes },
})

/** The timer of the next step has run out. */
export const onRefresh = (state: CallState): Step => {
  switch (state.refresh.stage) {
    case 'no':
    case 'failed':
      return [withStage(state, 'due'), []]
    case 'opening': {
      const [failed, effects] = onFreshLost(state)
      return [failed, [{ type: 'model.closeSpare' }, ...effects]]
    }
    case 'due':
    case 'ready':
      return [state, []]
  }
}

/** The session is about to be closed by the server. */
export const onRefreshLate = (state: CallState): Step => {
  const { stage } = state.refresh
  return [withStage(state, stage === 'no' || stage === 'failed' ? 'due' : stage, { isLate: true }), []]
}

/**
 * A reply has ended; `inputTokens` is what the model read for it. Beyond the limit of the settings the session is replaced,
 * unless it began with more than half of that: a fresh one would be as large.
 */
export const noteTokens = (state: CallState, inputTokens: number | undefined): CallState => {
  const { refreshTokens, refresh } = state
  if (inputTokens === undefined || refreshTokens === undefined) return state
  const firstTokens = refresh.firstTokens || inputTokens
  const isLarge = inputTokens >= refreshTokens && inputTokens >= 2 * firstTokens
  const isDue = isLarge && refresh.stage === 'no' && refresh.failures < MAX_FAILURES
  return withStage(state, isDue ? 'due' : refresh.stage, { firstTokens })
}

/** A fresh session is being opened beside the active one, or is ready. */
export const hasFresh = ({ refresh }: CallState): boolean => refresh.stage === 'opening' || refresh.stage === 'ready'

/** The fresh session is configured and knows the conversation. */
export const onFreshReady = (state: CallState): Step => [
  withStage(state, 'ready'),
  [{ type: 'timer.stop', timer: 'refresh' }],
]

/** The fresh session was refused, was lost or took too long: another attempt later. */
export const onFreshLost = (state: CallState): Step => {
  const failures = state.refresh.failures + 1
  if (failures >= MAX_FAILURES)
    return [withStage(state, 'no', { failures }), [{ type: 'timer.stop', timer: 'refresh' }]]
  const delayMs = RETRY_MS * 2 ** (failures - 1)
  return [withStage(state, 'failed', { failures }), [{ type: 'timer.start', timer: 'refresh', delayMs }]]
}

/** The caller is with the assistant, and the opening is over: a fresh session gets the settings of the conversation. */
const isConversing = (state: CallState): boolean =>
  state.phase === 'live' && state.mediaAttached && state.model === 'configured' && !state.opening

/** Nobody speaks, and no answer is under way or due: the active session is no longer needed. */
const isBetweenTurns = (state: CallState): boolean =>
  !state.callerSpeaking &&
  state.digits === '' &&
  !state.bargeInPending &&
  !state.unheardTurn &&
  !state.unanswered &&
  !state.replyActive &&
  !state.pausing &&
  state.replyDue === 'no' &&
  state.turn !== 'thinking'

/** The caller hears nothing and waits for nothing. Tools whose result is not spoken may run. */
const isQuiet = (state: CallState): boolean =>
  isBetweenTurns(state) && state.turn === 'listening' && !state.sounding && state.owed === undefined

/** Opens, puts in place and closes the fresh session, as the conversation allows. */
export const watchRefresh = ([state, effects]: Step): Step => {
  const { stage, isLate } = state.refresh
  if (stage === 'no' || stage === 'failed' || state.phase === 'ended') return [state, effects]
  if (hasFresh(state) && !isConversing(state))
    return [
      withStage(state, 'due'),
      [...effects, { type: 'model.closeSpare' }, { type: 'timer.stop', timer: 'refresh' }],
    ]
  if (stage === 'due' && isConversing(state) && !state.spare && (state.modelCan.idle === 'free' || isQuiet(state)))
    return [
      withStage(state, 'opening'),
      [
        ...effects,
        { type: 'model.openSpare', asks: false },
        { type: 'timer.start', timer: 'refresh', delayMs: OPENS_WITHIN_MS },
      ],
    ]
  if (stage === 'ready' && (isLate ? isBetweenTurns(state) : isQuiet(state))) return replaceSession(state, effects)
  return [state, effects]
}

/** The fresh session takes over in silence. Running tools stay: it knows their calls, and gets their outputs. */
const replaceSession = (state: CallState, effects: readonly CallEffect[]): Step => [
  {
    ...state,
    refresh: NOT_DUE,
    called: 'nothing',
    saidWithCallMs: 0,
    delivered: false,
    continuing: false,
    asksEachTurn: false,
  },
  [...effects, { type: 'model.adoptSpare' }],
]

/**
 * How an event has ended an attempt to replace the session, from the states before and after it; `undefined` when it has not
 * ended.
 */
export const refreshResultOf = (
  before: CallState,
  after: CallState,
  event: CallEvent,
  effects: readonly CallEffect[],
): RefreshResult | undefined => {
  if (after.refresh.failures > before.refresh.failures) return 'failed'
  if (event.type === 'modelLost') return hasFresh(before) && after.phase !== 'ended' ? 'lost' : undefined
  // A spare connection takes over too, from one that owes a reply.
  return !before.spare && effects.some(({ type }) => type === 'model.adoptSpare') ? 'replaced' : undefined
}
