import {
  endOf,
  numberFromNetwork,
  type AnsweredBy,
  type E164,
  type LegStatus,
  type OurNumbers,
  type TransferOutcome,
} from '@llc-phone/core'
import { legStatusOf, verdictOf } from './words.ts'

/**
 * Reads Twilio's webhooks. They report facts while somebody waits, so nothing is refused here: fields that are missing or
 * unreadable are left out, or get the likeliest value.
 */

/** A voice webhook in the gateway's terms. */
export interface VoiceRequest {
  /** Empty when Twilio gives none. */
  readonly callSid: string
  readonly direction: 'inbound' | 'outbound'
  readonly otherParty: { readonly number?: E164; readonly name?: string }
  /** The number of ours; absent when something else was rung, such as a SIP address or a browser client. */
  readonly dialled?: E164
  readonly isOver: boolean
  /** Whether somebody is on the line already: it is not the first webhook of the call. */
  readonly isUp: boolean
}

/** Values of `From` when the caller hides their number (twilio.com/docs/voice/api: anonymous calls): words, typed on a keypad. */
const WITHHELD =
  /^(?:.*<)?\s*(?:(?:sips?|tel):(?:\/\/)?)?(?:\+|%2B|00)*(?:266696687|7378742833|2562533|8656696|86282452253)(?!\d)/is

/** Characters that need no escaping. */
const SID = /^[\w.:-]{1,64}$/

/** Reads fields of a form; of a repeated field, one value. */
const readerOf = (parameters: unknown) => {
  const form = (parameters ?? {}) as Record<string, unknown>
  return (name: string, shape?: RegExp): string | undefined => {
    const value: unknown = Object.hasOwn(form, name) ? [form[name]].flat()[0] : undefined
    if (typeof value !== 'string') return undefined
    return shape === undefined || shape.test(value) ? value : undefined
  }
}

type Read = ReturnType<typeof readerOf>

const callSidIn = (read: Read, name = 'CallSid'): string => read(name, SID) ?? ''

const isOutboundIn = (read: Read): boolean => read('Direction')?.startsWith('outbound') ?? false

/** Whether somebody waits for the answer; without a status they are assumed to be on the line. */
const isOverIn = (read: Read): boolean => endOf(legStatusOf(read('CallStatus') ?? '')) !== undefined

const verdictIn = (read: Read): AnsweredBy | undefined => verdictOf(read('AnsweredBy') ?? '')

/** Cleans the caller's name: anybody can set it, and it becomes part of a prompt. */
const callerName = (text: string | undefined): string | undefined =>
  text
    ?.replace(/[^\p{L}\p{M}\s'.-]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 40) || undefined

/** WhatsApp callers have their telephone number after this prefix. */
const withoutChannel = (text: string): string => text.replace(/^\s*whatsapp:/i, '')

const visibleNumber = (text: string | undefined, near: E164 | undefined): E164 | undefined =>
  text === undefined || WITHHELD.test(text.trim()) ? undefined : numberFromNetwork(withoutChannel(text), near)

/** Our number, if `To` is a plain number; in a SIP address the caller can write any number. */
const numberOfOurs = (text: string | undefined, ours: OurNumbers): E164 | undefined => {
  const number = text === undefined ? undefined : numberFromNetwork(withoutChannel(text), ours.own)
  if (number === undefined || !/[:@]/.test(text!)) return number
  return number === ours.own || ours.lists(number) ? number : undefined
}

/** Whether Twilio reports the call as outbound. */
export const isOutbound = (parameters: unknown): boolean => isOutboundIn(readerOf(parameters))

/** Whether the webhook names a caller or a called address. */
export const namesParties = (parameters: unknown): boolean => {
  const read = readerOf(parameters)
  return read('From') !== undefined || read('To') !== undefined
}

/** Whether an id has Twilio's form, as those of outbound calls have. */
export const isCallSid = (id: string): boolean => /^CA[0-9a-f]{32}$/i.test(id)

/** The `CallSid`; empty when there is none. */
export const callSidOf = (parameters: unknown): string => callSidIn(readerOf(parameters))

/** Our number: the dialled one, or the caller id of an outbound call. */
export const dialledNumberOf = (parameters: unknown, ours: OurNumbers): E164 | undefined => {
  const read = readerOf(parameters)
  return numberOfOurs(read(isOutboundIn(read) ? 'From' : 'To'), ours)
}

/** Reads a voice webhook; a hidden or non-numeric caller counts as withheld. */
export const parseVoiceRequest = (parameters: unknown, ours: OurNumbers): VoiceRequest => {
  const read = readerOf(parameters)
  const direction = isOutboundIn(read) ? 'outbound' : 'inbound'
  const dialled = dialledNumberOf(parameters, ours)
  const number = visibleNumber(read(direction === 'inbound' ? 'From' : 'To'), dialled ?? ours.own)
  const name = callerName(read('CallerName'))
  const status = legStatusOf(read('CallStatus') ?? '')
  return {
    callSid: callSidIn(read),
    direction,
    otherParty: { ...(number === undefined ? {} : { number }), ...(name === undefined ? {} : { name }) },
    ...(dialled === undefined ? {} : { dialled }),
    isOver: endOf(status) !== undefined,
    isUp: status === 'answered',
  }
}

/** The fields of a leg's callback. */
export interface LegUpdate {
  /** Empty when Twilio names no call. */
  readonly callSid: string
  readonly status: LegStatus
  readonly answeredBy?: AnsweredBy
  /** Why it ended, in the network's terms: `SIP 404`. */
  readonly reason?: string
}

/** Reads the fields that every callback of a leg has. */
export const parseLegUpdate = (parameters: unknown): LegUpdate => {
  const read = readerOf(parameters)
  const answeredBy = verdictIn(read)
  const sipCode = read('SipResponseCode', /^\d{3}$/)
  return {
    callSid: callSidIn(read),
    status: legStatusOf(read('CallStatus') ?? ''),
    ...(answeredBy ? { answeredBy } : {}),
    ...(sipCode ? { reason: `SIP ${sipCode}` } : {}),
  }
}

/** Reads the report that a stream is over. */
export const parseStreamEnd = (parameters: unknown): { callSid: string; isOver: boolean } => {
  const read = readerOf(parameters)
  return { callSid: callSidIn(read), isOver: isOverIn(read) }
}

/** Reads the verdict of Twilio's answering machine detection. */
export const parseDetection = (parameters: unknown): { callSid: string; verdict: AnsweredBy | undefined } => {
  const read = readerOf(parameters)
  return { callSid: callSidIn(read), verdict: verdictIn(read) }
}

/** Reads the status of a leg that a `<Dial>` has rung. Without a whisper, whoever answers is connected. */
export const parseDialledLeg = (parameters: unknown): { parentCallSid: string; wasAnswered: boolean } => {
  const read = readerOf(parameters)
  const status = legStatusOf(read('CallStatus') ?? '')
  return {
    parentCallSid: callSidIn(read, 'ParentCallSid'),
    wasAnswered: status === 'answered' || status === 'completed',
  }
}

/** Reads the keys of a `<Gather>`; empty when none was pressed. */
export const parseKeys = (parameters: unknown): string => readerOf(parameters)('Digits', /^[0-9A-D*#w]{1,32}$/) ?? ''

/** The result of a `<Record>`. */
export interface RecordResult {
  readonly callSid: string
  readonly isOver: boolean
  /** The caller's number, unless withheld. */
  readonly caller?: E164
  /** 0 when nothing was recorded. */
  readonly seconds: number
  readonly recordingSid: string
  readonly recordingUrl: string
}

const addressIn = (read: Read): string | undefined => {
  const text = read('RecordingUrl', /^.{1,500}$/)
  return text !== undefined && /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined
}

/** Reads the result of a `<Record>`; without a recording its duration is 0. */
export const parseRecording = (parameters: unknown, ours: OurNumbers): RecordResult => {
  const read = readerOf(parameters)
  const recordingUrl = addressIn(read)
  // The address ends in the id.
  const recordingSid = read('RecordingSid', SID) ?? /RE[0-9a-f]{32}/i.exec(recordingUrl ?? '')?.[0]
  const near = dialledNumberOf(parameters, ours) ?? ours.own
  const caller = visibleNumber(read(isOutboundIn(read) ? 'To' : 'From'), near)
  const isThere = recordingSid !== undefined && recordingUrl !== undefined
  const seconds = Number(read('RecordingDuration')?.trim() || NaN)
  return {
    callSid: callSidIn(read),
    isOver: isOverIn(read),
    ...(caller === undefined ? {} : { caller }),
    // A recording of unreadable length is still a message.
    seconds: isThere ? (seconds >= 0 ? seconds : 1) : 0,
    recordingSid: recordingSid ?? '',
    recordingUrl: recordingUrl ?? '',
  }
}

/**
 * Reads the result of a `<Dial>`. `completed` without a bridge is a voicemail box or a declined screening: nobody was
 * reached.
 */
export const parseDialResult = (
  parameters: unknown,
): { callSid: string; isOver: boolean; outcome: TransferOutcome } => {
  const read = readerOf(parameters)
  return { callSid: callSidIn(read), isOver: isOverIn(read), outcome: outcomeIn(read) }
}

const outcomeIn = (read: Read): TransferOutcome => {
  switch (read('DialCallStatus')) {
    case 'completed':
    case 'answered':
      return read('DialBridged') === 'false' ? 'no_answer' : 'bridged'
    case 'busy':
      return 'busy'
    case 'no-answer':
      return 'no_answer'
    default:
      return 'failed'
  }
}
