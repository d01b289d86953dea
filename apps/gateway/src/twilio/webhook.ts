import {
  answeredByVerdicts,
  GatewayError,
  tryE164,
  type AnsweredBy,
  type E164,
  type TransferOutcome,
} from '@llc-phone/core'
import * as z from 'zod'

/** A voice webhook, in our words. */
export interface VoiceRequest {
  readonly callSid: string
  readonly direction: 'inbound' | 'outbound'
  readonly caller: { readonly number?: E164; readonly name?: string }
  readonly dialled: E164
  readonly isOver: boolean
  /** Somebody is on the line: not a first webhook. */
  readonly isUp: boolean
}

/** What Twilio says in `From` when the caller hides their number (twilio.com/docs/voice/api: anonymous calls). */
const WITHHELD = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'])

const OVER = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

const callSid = z.string('is missing').regex(/^CA[0-9a-f]{32}$/i, 'must be CA followed by 32 hexadecimal digits')

const party = z.string('is missing').max(256, 'is too long')

/** Somebody waits here too, and `From` is whatever a SIP caller writes: what cannot be read is withheld. */
const voiceShape = z.object({
  CallSid: callSid,
  From: party.optional().catch(undefined),
  To: party,
  Direction: z.string().max(32).default('inbound').catch('inbound'),
  CallStatus: z.string().max(32).default('ringing').catch('ringing'),
  CallerName: z.string().optional().catch(undefined),
})

/** Words Twilio may invent are no verdict. */
const verdict = z.enum(answeredByVerdicts).optional().catch(undefined)

const legShape = z.object({
  CallSid: callSid,
  CallStatus: z.string('is missing').max(32, 'is too long'),
  AnsweredBy: verdict,
  SipResponseCode: z
    .string()
    .regex(/^\d{3}$/)
    .optional()
    .catch(undefined),
})

const detectionShape = z.object({ CallSid: callSid, AnsweredBy: verdict })

/** Somebody waits for the answer: what is missing or strange must not cost them the call. */
const statusOfWaiting = z.string().max(32).default('in-progress').catch('in-progress')

const streamEndShape = z.object({ CallSid: callSid, CallStatus: statusOfWaiting })

const dialShape = z.object({
  CallSid: callSid,
  CallStatus: statusOfWaiting,
  DialCallStatus: z.string().max(32).catch('failed'),
  DialBridged: z.string().optional().catch(undefined),
})

const dialledLegShape = z.object({
  ParentCallSid: callSid,
  CallStatus: z.string('is missing').max(32, 'is too long'),
})

const keysShape = z.object({ Digits: z.string().max(32, 'is too long').default('') })

const recordingShape = z.object({
  CallSid: callSid,
  CallStatus: statusOfWaiting,
  Direction: z.string().max(32).default('inbound').catch('inbound'),
  From: party.optional().catch(undefined),
  To: party.optional().catch(undefined),
  RecordingSid: z
    .string()
    .regex(/^RE[0-9a-f]{32}$/i)
    .optional()
    .catch(undefined),
  RecordingUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional()
    .catch(undefined),
  // What was recorded and has no length that can be read is still a message.
  RecordingDuration: z.coerce.number().min(0).default(1).catch(1),
})

const parse = <Shape extends z.ZodType>(shape: Shape, parameters: unknown): z.output<Shape> => {
  const parsed = shape.safeParse(parameters ?? {})
  if (parsed.success) return parsed.data
  throw new GatewayError(
    'request_invalid',
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'form'} ${issue.message}`).join('; '),
  )
}

/** The network lets anybody write anything here, and it ends up in a prompt. */
const callerName = (text: string | undefined): string | undefined =>
  text
    ?.replace(/[^\p{L}\p{M}\s'.-]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 40) || undefined

const visibleNumber = (text: string | undefined): E164 | undefined =>
  text === undefined || WITHHELD.has(text) ? undefined : tryE164(text)

/** Reads a voice webhook. Throws `request_invalid` naming every wrong field; a hidden or non-numeric caller is simply withheld. */
export const parseVoiceRequest = (parameters: unknown): VoiceRequest => {
  const form = parse(voiceShape, parameters)
  const direction = form.Direction.startsWith('outbound') ? 'outbound' : 'inbound'
  const [theirs, ours] = direction === 'inbound' ? [form.From, form.To] : [form.To, form.From]
  const dialled = ours === undefined ? undefined : tryE164(ours)
  if (dialled === undefined)
    throw new GatewayError(
      'request_invalid',
      `${direction === 'inbound' ? 'To' : 'From'} must be a telephone number in E.164 form`,
    )
  const number = visibleNumber(theirs)
  const name = callerName(form.CallerName)
  return {
    callSid: form.CallSid,
    direction,
    caller: { ...(number === undefined ? {} : { number }), ...(name === undefined ? {} : { name }) },
    dialled,
    isOver: OVER.has(form.CallStatus),
    isUp: form.CallStatus === 'in-progress',
  }
}

/** Reads what every callback of a leg carries. */
export const parseLegUpdate = (
  parameters: unknown,
): {
  callSid: string
  status: string
  isOver: boolean
  wasAnswered: boolean
  answeredBy?: AnsweredBy
  /** Why it ended, in the network's terms: `SIP 404`. */
  reason?: string
} => {
  const { CallSid, CallStatus: status, AnsweredBy: answeredBy, SipResponseCode } = parse(legShape, parameters)
  return {
    callSid: CallSid,
    status,
    isOver: OVER.has(status),
    wasAnswered: status === 'completed',
    ...(answeredBy ? { answeredBy } : {}),
    ...(SipResponseCode ? { reason: `SIP ${SipResponseCode}` } : {}),
  }
}

/** Reads that a stream is over. */
export const parseStreamEnd = (parameters: unknown): { callSid: string; isOver: boolean } => {
  const { CallSid, CallStatus } = parse(streamEndShape, parameters)
  return { callSid: CallSid, isOver: OVER.has(CallStatus) }
}

/** Reads who Twilio thinks has answered. */
export const parseDetection = (parameters: unknown): { callSid: string; verdict: AnsweredBy | undefined } => {
  const { CallSid, AnsweredBy } = parse(detectionShape, parameters)
  return { callSid: CallSid, verdict: AnsweredBy }
}

/** Reads the status of a leg that a `<Dial>` has rung. Without a whisper, who answers is bridged. */
export const parseDialledLeg = (parameters: unknown): { parentCallSid: string; wasAnswered: boolean } => {
  const { ParentCallSid, CallStatus } = parse(dialledLegShape, parameters)
  return { parentCallSid: ParentCallSid, wasAnswered: CallStatus === 'in-progress' || CallStatus === 'completed' }
}

/** Reads the keys of a `<Gather>`; empty when none was pressed. */
export const parseKeys = (parameters: unknown): string => parse(keysShape, parameters).Digits

/** What a `<Record>` left. */
export interface Recording {
  readonly callSid: string
  readonly isOver: boolean
  /** Whose voice it is, unless withheld. */
  readonly caller?: E164
  /** 0 when nothing was recorded. */
  readonly seconds: number
  readonly recordingSid: string
  readonly recordingUrl: string
}

/** Reads what became of a `<Record>`; without a recording its duration is 0. */
export const parseRecording = (parameters: unknown): Recording => {
  const form = parse(recordingShape, parameters)
  const { CallSid, RecordingSid, RecordingUrl } = form
  const caller = visibleNumber(form.Direction.startsWith('outbound') ? form.To : form.From)
  const isThere = RecordingSid !== undefined && RecordingUrl !== undefined
  return {
    callSid: CallSid,
    isOver: OVER.has(form.CallStatus),
    ...(caller === undefined ? {} : { caller }),
    seconds: isThere ? form.RecordingDuration : 0,
    recordingSid: RecordingSid ?? '',
    recordingUrl: RecordingUrl ?? '',
  }
}

/** Reads how a `<Dial>` went. `completed` without a bridge is a voicemail box or a declined screening: nobody was reached. */
export const parseDialResult = (
  parameters: unknown,
): { callSid: string; isOver: boolean; outcome: TransferOutcome } => {
  const form = parse(dialShape, parameters)
  return { callSid: form.CallSid, isOver: OVER.has(form.CallStatus), outcome: outcomeOf(form) }
}

const outcomeOf = (form: z.output<typeof dialShape>): TransferOutcome => {
  switch (form.DialCallStatus) {
    case 'completed':
    case 'answered':
      return form.DialBridged === 'false' ? 'no_answer' : 'bridged'
    case 'busy':
      return 'busy'
    case 'no-answer':
      return 'no_answer'
    default:
      return 'failed'
  }
}
