import { setTimeout as sleep } from 'node:timers/promises'
import type { FinalState, OutboundState } from '@llc-phone/store'
import type { AdminClient } from './admin-client.ts'
import { readNotices } from './notices.ts'

/** An outbound call in the answer of `GET /calls/ID`. */
interface Followed {
  readonly callId: string
  readonly callSid?: string
  readonly caller?: string
  readonly phase?: string
  readonly outbound: {
    readonly state: OutboundState
    readonly disposition?: string
    readonly answeredBy?: string
    readonly dialledAt?: string
    readonly answeredAt?: string
    readonly endedAt?: string
    readonly gate?: string
    readonly until?: string
    readonly problem?: string
    readonly costUsd?: number
  }
  readonly notes?: readonly { readonly text: string }[]
}

interface Notice {
  readonly callId: string
  readonly type: string
  readonly speaker?: 'caller' | 'assistant'
  readonly text?: string
  readonly name?: string
  readonly outcome?: string
  readonly message?: string
}

const LOOK_AGAIN_MS = 300
/** How long to wait for late transcripts after the end of the call. */
const LAST_WORDS_MS = 700
/** Longer than any call. */
const EVENTS_TIMEOUT_MS = 4 * 3_600_000

/** Every state that is not final; written here so that the store need not be loaded. */
const STATES: Readonly<Record<Exclude<OutboundState, FinalState>, string>> = {
  queued: 'waits for its turn',
  warming: 'the model is being opened',
  dialling: 'the carrier is asked to dial',
  ringing: 'rings',
  answered: 'picked up',
  unknown: 'the carrier has not said whether it dials; its calls are being looked through',
}

const isGoingOn = (state: OutboundState): state is keyof typeof STATES => Object.hasOwn(STATES, state)

const seconds = (from: string | undefined, to: string | undefined): string | undefined =>
  from && to ? `${Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000))} s` : undefined

/** The end in one line. */
const endOf = ({ callId, outbound }: Followed): string => {
  const { state, disposition, gate, until, problem, answeredBy, answeredAt, endedAt, costUsd } = outbound
  const talked = seconds(answeredAt, endedAt)
  const parts = [
    state === 'ended' ? (disposition ?? 'ended') : state,
    ...(gate ? [`gate ${gate}${until ? ` until ${new Date(until).toLocaleString()}` : ''}`] : []),
    ...(talked ? [`after ${talked}`] : []),
    ...(answeredBy ? [`answered by ${answeredBy}`] : []),
    ...(costUsd === undefined ? [] : [`$${costUsd.toFixed(4)}`]),
  ]
  return `${parts.join(', ')}.${problem ? ` ${problem}` : ''}  (GET /calls/${callId})`
}

/**
 * Places a call and prints its changes of state, what is said, and how it ends. Resolves to whether somebody, or something,
 * was reached.
 */
export const followCall = async (
  gateway: AdminClient,
  place: () => Promise<{ callId: string }>,
  print: (line: string) => void,
): Promise<boolean> => {
  const startedAt = performance.now()
  const say = (text: string) => print(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${text}`)
  let callId: string | undefined
  const early: Notice[] = []
  const printNotice = (notice: Notice): void => {
    // The stream has notices of all calls, and of this one before its id is known here.
    if (callId === undefined) return void early.push(notice)
    if (notice.callId !== callId) return
    if (notice.type === 'transcript')
      say(`${notice.speaker === 'assistant' ? 'assistant' : '   callee'}: ${notice.text}`)
    else if (notice.type === 'tool') say(`     tool: ${notice.name} ${notice.outcome}`)
    else if (notice.type === 'problem') say(`  problem: ${notice.message}`)
  }
  const listening = new AbortController()
  const events = await gateway.send({
    path: '/calls/events',
    timeoutMs: EVENTS_TIMEOUT_MS,
    signal: listening.signal,
  })
  // If the gateway ends, the stream breaks; the polling below reports it.
  if (events.body) readNotices<Notice>(events.body, printNotice).catch(() => undefined)
  try {
    ;({ callId } = await place())
    let state: OutboundState | undefined
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- polls one after the other
      const call = (await gateway.json({ path: `/calls/${callId}` })) as Followed
      if (call.outbound.state !== state) {
        ;({ state } = call.outbound)
        if (isGoingOn(state)) say(`${STATES[state]}${state === 'ringing' ? ` at ${call.caller ?? '?'}` : ''}`)
      }
      for (const notice of early.splice(0)) printNotice(notice)
      if (!isGoingOn(state)) {
        // oxlint-disable-next-line no-await-in-loop -- the last thing this loop does
        await sleep(LAST_WORDS_MS)
        // oxlint-disable-next-line no-await-in-loop -- as above
        const last = (await gateway.json({ path: `/calls/${callId}` })) as Followed
        for (const { text } of last.notes ?? []) say(`     note: ${text}`)
        say(endOf(last))
        return last.outbound.answeredAt !== undefined
      }
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(LOOK_AGAIN_MS)
    }
  } finally {
    listening.abort()
  }
}
