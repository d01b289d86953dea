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
 * What Twilio tells us. These are facts of the network, and somebody waits: nothing is refused here. What is missing or
 * cannot be read is left out, or taken for the likeliest.
 */

/** A voice webhook, in our words. */
export interface VoiceRequest {
  /** Empty when Twilio gives none. */
  readonly callSid: string
  readonly direction: 'inbound' | 'outbound'
  readonly otherParty: { readonly number?: E164; readonly name?: string }
  /** The number of ours; absent when something else was rung, such as a SIP address or a browser client. */
  readonly dialled?: E164
  readonly isOver: boolean
  /** Somebody is on the line: not a first webhook. */
  readonly isUp: boolean
}

/** What Twilio says in `From` when the caller hides their number (twilio.com/docs/voice/api: anonymous calls): words, typed on a keypad. */
const WITHHELD =
  /^(?:.*<)?\s*(?:(?:sips?|tel):(?:\/\/)?)?(?:\+|%2B|00)*(?:266696687|7378742833|2562533|8656696|86282452253)(?!\d)/is

/** Nothing that would have to be escaped. */
const SID = /^[\w.:-]{1,64}$/

/** Reads fields of a form; a repeated one counts once. */
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

/** Somebody waits for the answer: without a status they are on the line. */
const isOverIn = (read: Read): boolean => endOf(legStatusOf(read('CallStatus') ?? '')) !== undefined

const verdictIn = (read: Read): AnsweredBy | undefined => verdictOf(read('AnsweredBy') ?? '')

/** The network lets anybody write anything here, and it ends up in a prompt. */
const callerName = (text: string | undefined): string | undefined =>
  text
    ?.replace(/[^\p{L}\p{M}\s'.-]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 40) || undefined

/** Who calls by WhatsApp has their telephone's number there. */
const withoutChannel = (text: string): string => text.replace(/^\s*whatsapp:/i, '')

const visibleNumber = (text: string | undefined, near: E164 | undefined): E164 | undefined =>
  text === undefined || WITHHELD.test(text.trim()) ? undefined : numberFromNetwork(withoutChannel(text), near)

/** A plain number in Twilio's `To` is ours; whoever rings a SIP address can write any number into it. */
const numberOfOurs = (text: string | undefined, ours: OurNumbers): E164 | undefined => {
  const number = text === undefined ? undefined : numberFromNetwork(withoutChannel(text), ours.own)
  if (number === undefined || !/[:@]/.test(text!)) return number
  return number === ours.own || ours.lists(number) ? number : undefined
}

/** Whether Twilio says of a call that we have placed it. */
export const isOutbound = (parameters: unknown): boolean => isOutboundIn(readerOf(parameters))

/** Whether Twilio names anybody at all. */
export const namesParties = (parameters: unknown): boolean => {
  const read = readerOf(parameters)
  return read('From') !== undefined || read('To') !== undefined
}

/** Whether an id is one that Twilio gives; the calls we place have such. */
export const isCallSid = (id: string): boolean => /^CA[0-9a-f]{32}$/i.test(id)

/** The `CallSid`; empty when there is none. */
export const callSidOf = (parameters: unknown): string => callSidIn(readerOf(parameters))

/** The number of ours that was dialled, or that we have called from. */
export const dialledNumberOf = (parameters: unknown, ours: OurNumbers): E164 | undefined => {
  const read = readerOf(parameters)
  return numberOfOurs(read(isOutboundIn(read) ? 'From' : 'To'), ours)
}

/** Reads a voice webhook; a hidden or non-numeric caller is simply withheld. */
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

/** What a callback of a leg says. */
export interface LegUpdate {
  /** Empty when Twilio names no call. */
  readonly callSid: string
  readonly status: LegStatus
  readonly answeredBy?: AnsweredBy
  /** Why it ended, in the network's terms: `SIP 404`. */
  readonly reason?: string
}

/** Reads what every callback of a leg carries. */
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

/** Reads that a stream is over. */
export const parseStreamEnd = (parameters: unknown): { callSid: string; isOver: boolean } => {
  const read = readerOf(parameters)
  return { callSid: callSidIn(read), isOver: isOverIn(read) }
}

/** Reads who Twilio thinks has answered. */
export const parseDetection = (parameters: unknown): { callSid: string; verdict: AnsweredBy | undefined } => {
  const read = readerOf(parameters)
  return { callSid: callSidIn(read), verdict: verdictIn(read) }
}

/** Reads the status of a leg that a `<Dial>` has rung. Without a whisper, who answers is bridged. */
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

/** What a `<Record>` left. */
export interface RecordResult {
  readonly callSid: string
  readonly isOver: boolean
  /** Whose voice it is, unless withheld. */
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

/** Reads what became of a `<Record>`; without a recording its duration is 0. */
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
    // What was recorded and has no length that can be read is still a message.
    seconds: isThere ? (seconds >= 0 ? seconds : 1) : 0,
    recordingSid: recordingSid ?? '',
    recordingUrl: recordingUrl ?? '',
  }
}

/** Reads how a `<Dial>` went. `completed` without a bridge is a voicemail box or a declined screening: nobody was reached. */
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
