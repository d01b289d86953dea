/** One leg of a call: its state, its line, its webhooks and status callbacks. What its TwiML does is in `run-twiml.ts`. */
import { openLine } from './line.ts'
import { createStatusCallbacks } from './status-callbacks.ts'
import {
  TwilioFailure,
  type CallResult,
  type CallStatus,
  type SimCall,
  type TimelineEntry,
  type TimelineType,
  type TwilioNotice,
} from './types.ts'
import { askWebhook } from './webhook.ts'
import { newSid, type Leg, type LegOptions, type World } from './world.ts'

/** A call of hours must not fill the memory; whoever listens is told of later entries too. */
const MOST_ENTRIES = 50_000

const terminal: readonly CallStatus[] = ['completed', 'busy', 'no-answer', 'failed', 'canceled']

/** Makes a leg and opens its line. */
export function createLeg(world: World, options: LegOptions): Leg {
  const sid = newSid('CA')
  const timeline: TimelineEntry[] = []
  const warnings: TwilioNotice[] = []
  const errors: TwilioNotice[] = []
  const listeners = new Set<(entry: TimelineEntry) => void>()
  const pending = new Set<Promise<unknown>>()
  const lifetime = new AbortController()
  const { promise: ended, resolve: finish } = Promise.withResolvers<CallResult>()
  let status: CallStatus = 'queued'
  let dialledAtMs: number | undefined
  let answeredAtMs: number | undefined

  const log: Leg['log'] = (entry, atMs = line.nowMs()) => {
    const full: TimelineEntry = { atMs: Math.round(atMs * 10) / 10, ...entry }
    if (timeline.length < MOST_ENTRIES) timeline.push(full)
    for (const listener of listeners) listener(full)
  }
  const line = openLine(
    {
      heardStart: (atMs) => log({ type: 'assistant-start' }, atMs),
      heardStop: (atMs) => log({ type: 'assistant-stop' }, atMs),
      spokeStart: (atMs, text) => log({ type: 'caller-start', text }, atMs),
      spokeStop: (atMs, text) => log({ type: 'caller-stop', text }, atMs),
    },
    options,
  )
  const callbacks = createStatusCallbacks(options.subscription, () => leg)

  const leg: Leg = {
    sid,
    to: options.to,
    from: options.from,
    direction: options.direction,
    parentSid: options.parentSid,
    world,
    options,
    reach: options.reach ?? world.reach,
    line,
    timeline,
    warnings,
    errors,
    ended,
    createdAt: new Date(),
    signal: lifetime.signal,
    running: undefined,
    stream: undefined,
    forks: new Set(),
    onDigit: undefined,
    answeredBy: undefined,
    keysHeard: '',
    get status() {
      return status
    },
    get over() {
      return terminal.includes(status)
    },
    get dialledAtMs() {
      return dialledAtMs
    },
    get answeredAtMs() {
      return answeredAtMs
    },
    get streamSid() {
      return leg.stream?.streamSid
    },
    log,
    warn(code, message) {
      warnings.push({ code, message })
      log({ type: 'warning', code, text: message })
    },
    fail(code, message) {
      errors.push({ code, message })
      log({ type: 'error', code, text: message })
    },
    setStatus(next) {
      if (terminal.includes(status) || status === next) return
      status = next
      if (!terminal.includes(next)) dialledAtMs ??= line.nowMs()
      callbacks.report(next)
    },
    answer() {
      if (answeredAtMs !== undefined || leg.over) return
      answeredAtMs = line.nowMs()
      log({ type: 'answered' })
      leg.setStatus('in-progress')
    },
    end(next, why) {
      if (leg.over) return
      leg.setStatus(next)
      log({ type: 'ended', status: next, text: why })
      leg.running?.abort(new Error(why))
      lifetime.abort(new Error(why))
      leg.stream?.stop()
      callbacks.flush()
      const durationMs = line.nowMs()
      line.close()
      void settle(pending).then(() =>
        finish({ sid, status: next, durationMs, timeline, tracks: line.tracks(), warnings, errors }),
      )
    },
    fields: () => fieldsOf(leg),
    ask(name, url, method, extra = {}) {
      const params = { ...leg.fields(), ...extra }
      log({ type: 'webhook', name, url, params })
      const { authToken, webhookTimeoutMs: timeoutMs } = world
      const answering = askWebhook({ reach: leg.reach, authToken, url, method, params, timeoutMs }).then(
        (answer) => {
          log({ type: 'twiml', name, url, text: answer.body, tookMs: answer.tookMs })
          return answer
        },
        (error: unknown) => {
          // Nobody awaits the answer any more, so the failure is reported here.
          if (leg.over && error instanceof TwilioFailure) leg.fail(error.code, `${name}: ${error.message}`)
          throw error
        },
      )
      leg.track(answering)
      return answering
    },
    notify(url, method, params, name, isSupposed = false) {
      log({ type: 'callback', url, name, params })
      const { authToken, webhookTimeoutMs: timeoutMs } = world
      const work = askWebhook({ reach: leg.reach, authToken, url, method, params, timeoutMs, retry: false }).then(
        () => undefined,
        (error: unknown) => {
          const failure = error instanceof TwilioFailure ? error : new TwilioFailure(11200, String(error))
          const text = `${name} callback: ${failure.message}`
          if (isSupposed) log({ type: 'warning', code: failure.code, text: `${text} (nobody asked for it)` })
          else leg.fail(failure.code, text)
        },
      )
      leg.track(work)
      return work
    },
    track(work) {
      const settled = work.catch(() => undefined).finally(() => pending.delete(settled))
      pending.add(settled)
    },
    onTimeline: (listener) => void listeners.add(listener),
    say: async (text, voice) => line.speak(await world.voices.speakAsCaller(text, voice ?? options.voice), text),
    play: (audio, label = '(audio)') => line.speak(audio, label),
    press(digits) {
      for (const digit of digits) {
        log({ type: 'dtmf', digits: digit })
        leg.stream?.press(digit)
        leg.onDigit?.(digit)
      }
    },
    heardSpeech: (maxMs = 15_000) => line.until(() => line.hearingSinceMs !== undefined, maxMs),
    quiet: (ms, maxMs = 30_000) =>
      line.until(() => line.nowMs() - Math.max(line.lastHeardMs, answeredAtMs ?? 0) >= ms, maxMs),
    seen: (type: TimelineType, nth = 1) =>
      new Promise((resolve) => {
        const find = () => timeline.filter((entry) => entry.type === type)[nth - 1]
        const known = find()
        if (known || leg.over) return resolve(known)
        const listener = (): void => {
          const entry = find()
          if (!entry && !leg.over) return
          listeners.delete(listener)
          resolve(entry)
        }
        listeners.add(listener)
      }),
    hangUp() {
      // A callee who declines the call is busy to the network.
      const unanswered = options.direction === 'inbound' ? 'no-answer' : 'busy'
      leg.end(answeredAtMs === undefined ? unanswered : 'completed', `${personOf(options.direction)} hung up`)
    },
    heardSoFar: () => line.tracks().heard,
    killSocket: () => leg.stream?.kill(),
  }
  return leg
}

/** The network's verdict on the caller's number (STIR/SHAKEN); empty for outbound calls, and where there is none. */
export const stirVerstatOf = ({ direction, options }: Pick<Leg, 'direction' | 'options'>): string =>
  direction === 'inbound'
    ? options.stirVerstat === undefined
      ? 'TN-Validation-Passed-A'
      : (options.stirVerstat ?? '')
    : ''

const personOf = (direction: SimCall['direction']): string => (direction === 'inbound' ? 'the caller' : 'the callee')

async function settle(pending: Set<Promise<unknown>>): Promise<void> {
  // Work may bring more work, such as an action request after the stream's last callback.
  do {
    await Promise.all(pending)
    await new Promise(setImmediate)
  } while (pending.size > 0)
}

function fieldsOf(leg: Leg): Record<string, string> {
  const { to, from, options } = leg
  const place = (prefix: string) => ({
    [`${prefix}City`]: '',
    [`${prefix}State`]: '',
    [`${prefix}Zip`]: '',
    [`${prefix}Country`]: 'US',
  })
  return {
    AccountSid: leg.world.accountSid,
    ApiVersion: '2010-04-01',
    CallSid: leg.sid,
    CallStatus: leg.status,
    Called: to,
    Caller: from,
    Direction: leg.direction,
    From: from,
    To: to,
    ...place('Called'),
    ...place('Caller'),
    ...place('From'),
    ...place('To'),
    ...(leg.direction === 'inbound' && {
      CallToken: JSON.stringify({ parentCallInfoToken: 'simulated', identityHeaderTokens: [] }),
    }),
    ...(stirVerstatOf(leg) !== '' && { StirVerstat: stirVerstatOf(leg) }),
    ...(options.callerName !== undefined && { CallerName: options.callerName }),
    ...(leg.parentSid !== undefined && { ParentCallSid: leg.parentSid }),
    ...(leg.answeredBy !== undefined && { AnsweredBy: leg.answeredBy }),
    ...options.extra,
  }
}
