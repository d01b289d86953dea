import type { Persons } from '@llc-phone/virtual-carrier/line-protocol'
import type { SoundChoice } from './audio/echo.ts'

/** What a call that is being placed rings, and as whom. */
export interface RingOrder {
  /** A number of ours, or the name of an instance. */
  readonly ring: string
  readonly settings?: 'draft' | number
  readonly as?: string
  readonly persons: Persons
}

/** `asking`: for the microphone, and whether it hears the loudspeaker. `away`: a person is rung, or a message is recorded. */
export type CallPhase = 'idle' | 'asking' | 'ringing' | 'live' | 'away' | 'ended'

/** Why somebody types instead of speaking. */
export type TypingReason = 'chosen' | 'refused' | 'noDevice' | 'inUse' | 'insecure' | 'unplugged' | 'failed'

/** How somebody speaks into the call. */
export type Mouth =
  | { readonly kind: 'microphone'; readonly choice: SoundChoice; readonly deviceId: string }
  | { readonly kind: 'typing'; readonly reason: TypingReason }

/** A line or a file that is spoken into the call. */
export interface SpokenLine {
  readonly text: string
  readonly state: 'waiting' | 'speaking' | 'over' | 'failed'
  readonly message?: string
}

/** A call of the softphone as its telephone shows it. */
export interface SoftphoneCall {
  readonly phase: CallPhase
  /** Counts the calls: what still comes in for an earlier one means nothing. */
  readonly attempt: number
  readonly order?: RingOrder
  readonly callId?: string
  readonly mouth?: Mouth
  readonly isChecking: boolean
  readonly isMuted: boolean
  /** The browser plays nothing before a click. */
  readonly needsClick: boolean
  /** The socket was lost and is being opened again. */
  readonly isReconnecting: boolean
  /** When the call was answered (ms since 1970), and when it ended. */
  readonly liveAtMs?: number
  readonly endedAtMs?: number
  readonly person?: { readonly label: string; readonly number: string }
  readonly phrases: readonly string[]
  readonly hint?: { readonly text: string; readonly isUnderstood: boolean; readonly nearest?: string }
  readonly lines: readonly SpokenLine[]
  readonly problem?: { readonly code: string; readonly message: string }
  /** What the line says of being away: the person who would be rung, or what else goes on; and of its end. */
  readonly detail?: string
  /** Why the line has ended the call, in a sentence; absent when one of the two sides did. */
  readonly because?: string
  /** The end was not the line's: the person hung up here, the call was never placed, or the connection was lost. */
  readonly endedBy?: 'you' | 'refusal' | 'loss'
}

/** What happens to a call, from the person, the browser and the line. */
export type CallStep =
  | { readonly type: 'ring'; readonly order: RingOrder; readonly asksMicrophone: boolean }
  | { readonly type: 'mouth'; readonly mouth: Mouth }
  | { readonly type: 'checking' }
  | { readonly type: 'placed'; readonly callId: string }
  | { readonly type: 'refused'; readonly code: string; readonly message: string; readonly atMs: number }
  | {
      readonly type: 'line'
      readonly state: 'ringing' | 'live' | 'away' | 'ended'
      readonly callId?: string
      readonly detail?: string
      readonly because?: string
      readonly atMs: number
    }
  | { readonly type: 'lost' }
  | { readonly type: 'found' }
  | { readonly type: 'gone'; readonly atMs: number }
  | { readonly type: 'hangUp'; readonly atMs: number }
  | { readonly type: 'mute'; readonly isOn: boolean }
  | { readonly type: 'click'; readonly isNeeded: boolean }
  | { readonly type: 'persons'; readonly persons: Persons }
  | { readonly type: 'person'; readonly label: string; readonly number: string }
  | { readonly type: 'phrases'; readonly phrases: readonly string[] }
  | { readonly type: 'hint'; readonly text: string; readonly isUnderstood: boolean; readonly nearest?: string }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'said'; readonly text: string; readonly state: SpokenLine['state']; readonly message?: string }
  | { readonly type: 'problem'; readonly code: string; readonly message: string }
  | { readonly type: 'putAway' }

/** No call yet. */
export const NO_CALL: SoftphoneCall = {
  phase: 'idle',
  attempt: 0,
  isChecking: false,
  isMuted: false,
  needsClick: false,
  isReconnecting: false,
  phrases: [],
  lines: [],
}

/** Whether a call is up: placed and not ended. */
export const isUp = ({ phase }: SoftphoneCall): boolean => phase !== 'idle' && phase !== 'ended'

/** Whether somebody can speak into it now. */
export const isAnswered = ({ phase }: SoftphoneCall): boolean => phase === 'live' || phase === 'away'

const end = (call: SoftphoneCall, atMs: number, rest: Partial<SoftphoneCall>): SoftphoneCall => ({
  ...call,
  phase: 'ended',
  isChecking: false,
  isReconnecting: false,
  needsClick: false,
  endedAtMs: atMs,
  lines: call.lines.map((line) => (line.state === 'over' ? line : { ...line, state: 'failed' })),
  ...rest,
})

const onLine = (call: SoftphoneCall, step: Extract<CallStep, { type: 'line' }>): SoftphoneCall => {
  const { state, callId = call.callId, detail, because, atMs } = step
  const known = { ...call, ...(callId === undefined ? {} : { callId }) }
  if (state === 'ended')
    return end(known, atMs, {
      ...(detail === undefined ? {} : { detail }),
      ...(because === undefined ? {} : { because }),
    })
  // A line that was answered does not ring again: the news is late.
  if (state === 'ringing' && isAnswered(call)) return known
  if (state === 'ringing') return { ...known, phase: 'ringing' }
  const { person, detail: _, ...rest } = known
  const away = { ...rest, ...(person ? { person } : {}), ...(detail === undefined ? {} : { detail }) }
  return { ...(state === 'live' ? rest : away), phase: state, liveAtMs: call.liveAtMs ?? atMs }
}

const onSaid = (
  call: SoftphoneCall,
  { text, state, message }: Pick<SpokenLine, 'text' | 'state' | 'message'>,
): SoftphoneCall => {
  const open = call.lines.findIndex((line) => line.text === text && line.state !== 'over' && line.state !== 'failed')
  const line: SpokenLine = { text, state, ...(message === undefined ? {} : { message }) }
  return { ...call, lines: open < 0 ? [...call.lines, line] : call.lines.with(open, line) }
}

/** What becomes of a call by what happens to it. Steps that come too late change nothing. */
export const stepCall = (call: SoftphoneCall, step: CallStep): SoftphoneCall => {
  if (step.type === 'ring') {
    if (isUp(call)) return call
    const { order, asksMicrophone } = step
    return { ...NO_CALL, attempt: call.attempt + 1, order, phase: asksMicrophone ? 'asking' : 'ringing' }
  }
  if (step.type === 'putAway') return isUp(call) ? call : { ...NO_CALL, attempt: call.attempt }
  if (!isUp(call)) return call
  switch (step.type) {
    case 'checking':
      return call.phase === 'asking' ? { ...call, isChecking: true } : call
    case 'mouth':
      return { ...call, mouth: step.mouth, isChecking: false, phase: call.phase === 'asking' ? 'ringing' : call.phase }
    case 'placed':
      return { ...call, callId: step.callId }
    case 'refused':
      return end(call, step.atMs, {
        endedBy: 'refusal',
        problem: { code: step.code, message: step.message },
      })
    case 'line':
      return onLine(call, step)
    case 'lost':
      return { ...call, isReconnecting: true }
    case 'found':
      return { ...call, isReconnecting: false }
    case 'gone':
      return end(call, step.atMs, { endedBy: 'loss' })
    case 'hangUp':
      return end(call, step.atMs, { endedBy: 'you' })
    case 'mute':
      return { ...call, isMuted: step.isOn }
    case 'click':
      return { ...call, needsClick: step.isNeeded }
    case 'persons':
      return call.order ? { ...call, order: { ...call.order, persons: step.persons } } : call
    case 'person':
      return { ...call, person: { label: step.label, number: step.number } }
    case 'phrases':
      return { ...call, phrases: step.phrases }
    case 'hint': {
      const { type: _, ...hint } = step
      return { ...call, hint }
    }
    case 'say':
      return { ...call, lines: [...call.lines, { text: step.text, state: 'waiting' }] }
    case 'said':
      return onSaid(call, step)
    case 'problem':
      return { ...call, problem: { code: step.code, message: step.message } }
  }
}
