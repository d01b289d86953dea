import type { CallStory, Disposition, Gate, GatewayErrorCode, Transfer } from '@llc-phone/core'
import type { OutboundCall } from '@llc-phone/store'

/** What {@link whyOf} reads of a call. */
export interface Explained {
  readonly direction: CallStory['direction']
  /** Absent while the assistant talks. */
  readonly disposition?: Disposition | undefined
  /** Codes of problems, the first one first. */
  readonly problemCodes?: readonly string[] | undefined
  readonly transfers?: readonly Transfer[] | undefined
  /** Of a call we placed. */
  readonly outbound?: Pick<OutboundCall, 'state' | 'gate' | 'problem'> | undefined
}

/** Why a call failed, for people. */
export interface Why {
  /** One sentence. */
  readonly why: string
  /** What to do about it; absent when there is nothing. */
  readonly whatToDo?: string
}

interface Cause {
  /** What happened, to be followed by what it meant for the caller. */
  readonly says: string
  readonly do: string
}

const NO_MODEL = 'Run ./phone doctor: it opens a session as a call does and says what is wrong.'

/** What stands behind the code of a problem that can end a call, the likeliest cause of a failure first. */
const CAUSES: Readonly<Partial<Record<GatewayErrorCode, Cause>>> = {
  model_outage: { says: 'other calls had shown that no model could be had', do: NO_MODEL },
  model_unauthorized: {
    says: 'the model server refused our key',
    do: 'Check OPENAI_API_KEY, then run ./phone doctor.',
  },
  model_limited: {
    says: 'the model server had no room or no credit for us',
    do: 'Look at the limits and the balance of the account, or lower MAX_CALLS.',
  },
  model_refused: {
    says: 'the model server refused our session',
    do: 'Run ./phone doctor: it names the field that is refused.',
  },
  model_wrong_format: {
    says: 'the model server did not take telephone audio',
    do: 'Check OPENAI_MODEL and OPENAI_REALTIME_DIALECT with ./phone doctor.',
  },
  model_unreachable: { says: 'the model server could not be reached', do: NO_MODEL },
  model_timeout: { says: 'the model server did not answer in time', do: NO_MODEL },
  model_expired: { says: "the model's session expired", do: 'Set MODEL_SESSION_MINUTES to what the server allows.' },
  model_garbled: {
    says: 'the model server sent what could not be understood',
    do: 'Check OPENAI_REALTIME_DIALECT with ./phone doctor.',
  },
  model_flooded: {
    says: 'the model server sent more than a call can take',
    do: 'Look at the status page of the server.',
  },
  model_lost: {
    says: 'the connection to the model was lost',
    do: 'Look at the status page of the server, and at the network of this machine.',
  },
  media_silent: {
    says: "the caller's audio never came or kept breaking off",
    do: 'Check that the carrier reaches PUBLIC_URL by wss: ./phone doctor.',
  },
  start_missing: { says: 'the audio connection never began', do: 'Check that the carrier reaches PUBLIC_URL by wss.' },
  start_mismatch: { says: 'the audio connection was that of another call', do: 'Look who else uses this address.' },
  backlog_exceeded: { says: 'the line took our audio too slowly', do: 'Look at the network of this machine.' },
  line_flooded: { says: 'the line sent more than a call can take', do: 'Look who sends to the media address.' },
  call_control_failed: {
    says: 'the carrier did not carry out what it was asked',
    do: "Look at the carrier's log of the call, and at TWILIO_AUTH_TOKEN.",
  },
  call_limit_reached: {
    says: 'the call had used up what one call may do',
    do: 'Raise the limits of its mode if callers need more.',
  },
  database_failed: { says: 'the database failed', do: 'Check disk and rights of DATABASE_URL: ./phone doctor.' },
  mode_failed: { says: 'the mode failed', do: 'Look at the log: ./phone why CALL_ID shows its lines.' },
  draining: {
    says: 'the gateway was being stopped',
    do: 'Nothing: stop it when few people call, and wait for the last ones.',
  },
  internal: { says: 'the gateway has a defect', do: 'Report it with the output of ./phone why CALL_ID.' },
}

const UNKNOWN: Cause = { says: 'something went wrong', do: 'Look at its problems: ./phone why CALL_ID.' }

const isKnown = (code: string): code is GatewayErrorCode => Object.hasOwn(CAUSES, code)

/** The cause that matters: why the caller was sent to the fallback, else the likeliest of all problems. */
const causeOf = ({ problemCodes = [], transfers = [] }: Explained): Cause => {
  const sent = transfers.findLast(({ kind }) => kind === 'fallback')?.reason
  if (sent !== undefined && isKnown(sent)) return CAUSES[sent] ?? UNKNOWN
  const code = Object.keys(CAUSES).find((each) => problemCodes.includes(each))
  return code !== undefined && isKnown(code) ? (CAUSES[code] ?? UNKNOWN) : UNKNOWN
}

const UNREACHED = {
  busy: 'the line was busy',
  no_answer: 'nobody answered',
  failed: 'the call could not be put through',
  declined: 'they did not take it',
  empty: 'nothing was recorded',
} as const

/** Where a caller went who was sent to the fallback. */
const whereTo = ({ transfers = [], direction }: Explained): string => {
  const fallback = transfers.findLast(({ kind }) => kind === 'fallback')
  if (direction === 'outbound') return 'the person we had called heard an apology'
  if (!fallback) return 'the caller heard an apology, or had hung up'
  const { outcome, label = 'the fallback', number } = fallback
  if (outcome === 'bridged') return `the caller was connected with ${label}`
  if (outcome === 'recorded') return 'the caller left a message'
  if (outcome !== undefined) return `the caller was sent to ${label}, but ${UNREACHED[outcome]}`
  return number === undefined ? 'the caller was asked for a message' : `the caller was sent to ${label}`
}

const GATES: Readonly<Record<Gate, string>> = {
  destination: 'numbers of this kind are not called',
  do_not_call: 'the number is on the do-not-call list',
  consent: 'there is no consent for it',
  calling_hours: 'nobody may be called at this time',
  frequency: 'the number was called too often already',
  spend: 'the money for today is spent',
  queue_age: 'it had waited too long',
  in_progress: 'another call to the number was going on',
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`

/** A transfer that reached nobody, after which the caller hung up. */
const lastUnreached = ({ transfers = [] }: Explained): Why | undefined => {
  const last = transfers.at(-1)
  const { outcome } = last ?? {}
  if (!last || outcome === undefined || outcome === 'bridged' || outcome === 'recorded') return undefined
  const whom = last.label ?? 'a person'
  return { why: sentence(`the caller was to be connected with ${whom}, but ${UNREACHED[outcome]}`) }
}

const CHECK_LINE = 'If it happens often, call the number yourself, and run ./phone doctor.'

/** How each end is explained; `undefined` where it is no failure. */
const ENDS: Readonly<Record<Disposition, (call: Explained) => Why | undefined>> = {
  caller_hung_up: lastUnreached,
  assistant_hung_up: lastUnreached,
  operator_hung_up: () => ({ why: 'An operator ended the call.' }),
  transferred: () => undefined,
  voicemail: () => undefined,
  fallback(call) {
    const cause = causeOf(call)
    return { why: sentence(`${cause.says}; ${whereTo(call)}`), whatToDo: cause.do }
  },
  never_connected(call) {
    const cause = causeOf(call)
    return cause === UNKNOWN
      ? { why: 'The caller hung up, or the carrier gave up, before the audio was connected.', whatToDo: CHECK_LINE }
      : { why: sentence(`${cause.says} before the call was connected`), whatToDo: cause.do }
  },
  drained: (call) => ({
    why: sentence(`the gateway was stopped during the call; ${whereTo(call)}`),
    whatToDo: CAUSES.draining!.do,
  }),
  answering_machine: () => ({ why: 'An answering machine took the call.' }),
  busy: () => ({ why: 'The line of the person we called was busy.' }),
  no_answer: () => ({ why: 'The person we called did not answer.' }),
  failed: ({ outbound }) => ({
    why: sentence(outbound?.problem ?? 'the carrier could not place the call'),
    whatToDo: "Check the number, and look at the carrier's log of the call.",
  }),
  canceled: () => ({ why: 'The call was taken back before anybody answered.' }),
  cut_off: () => ({
    why: 'The gateway process died during the call, and nobody went on with it.',
    whatToDo: 'Look at the log before the end, and at the memory of the machine.',
  }),
}

/** Every way a call can end. */
export const dispositions = Object.keys(ENDS) as [Disposition, ...Disposition[]]

/** The codes of a call's problems, each once; a story has the problems, a call of a list only the codes. */
export const problemCodesIn = (call: {
  readonly problems?: readonly { readonly code: string }[] | undefined
  readonly problemCodes?: readonly string[] | undefined
}): readonly string[] => call.problemCodes ?? [...new Set((call.problems ?? []).map(({ code }) => code))]

/**
 * Why a call failed, in one sentence, and what to do; `undefined` for a call that goes on or has ended well.
 */
export const whyOf = (call: Explained): Why | undefined => {
  const { outbound, disposition } = call
  if (outbound?.state === 'refused')
    return {
      why: sentence(`the call was not placed: ${outbound.problem ?? GATES[outbound.gate!] ?? 'a gate was closed'}`),
      whatToDo: 'Look the gate up in docs/guides/outbound-calls.md.',
    }
  if (disposition === undefined) return outbound?.state === 'failed' ? ENDS.failed(call) : undefined
  // Another version may have written a word that this one does not know.
  return Object.hasOwn(ENDS, disposition) ? ENDS[disposition](call) : undefined
}

/** How a call that ended well is told; `whom` is who the caller was connected with. */
const ENDED_WELL: Readonly<Partial<Record<Disposition, (whom: string) => string>>> = {
  caller_hung_up: () => 'The caller hung up.',
  assistant_hung_up: () => 'The assistant said goodbye and hung up.',
  transferred: (whom) => `The caller was connected with ${whom}.`,
  voicemail: () => 'The caller left a message.',
}

/** How a call ended, in one sentence: why it failed, or how it went well; `undefined` while it goes on. */
export const outcomeOf = (call: Explained): string | undefined => {
  const why = whyOf(call)?.why
  const { disposition, transfers = [] } = call
  if (why !== undefined || disposition === undefined) return why
  const whom = transfers.findLast(({ outcome }) => outcome === 'bridged')?.label ?? 'a person'
  return Object.hasOwn(ENDED_WELL, disposition) ? ENDED_WELL[disposition]?.(whom) : undefined
}
