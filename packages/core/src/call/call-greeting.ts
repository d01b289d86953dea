import type { CallFacts } from '../facts.ts'
import type { GreetingBook, WantedGreeting } from '../greetings.ts'
import type { Briefing, Mode } from '../mode/mode.ts'
import type { Phrase } from '../phrases.ts'
import { mergeTuning } from '../tuning.ts'
import { createGreetingTap, type GreetingTap } from './greeting-take.ts'
import type { CallEvent } from './events.ts'
import type { CallNotice } from './observer.ts'
import { greetingId } from './phrase-id.ts'
import type { CallState } from './state.ts'
import type { Story } from './story.ts'

/** What one call has to do with recorded greetings: it plays one, or offers what its model says. */
export interface CallGreeting {
  /** Keeps what the model says when it is asked for the greeting; off unless that may be recorded. */
  readonly tap: GreetingTap
  /** Whether a greeting that the model speaks may be recorded. */
  readonly mayRecord: boolean
  /** The recording to play, written into the story as if it was spoken now. */
  play(): (Phrase & { readonly itemId: string }) | undefined
  /** The words of the recordings that were played, as far as they were heard by now. */
  said(): readonly string[]
  /**
   * Notes what has become of the greeting: whose voice the caller hears, and when the model's was heard to its end, which is
   * then offered to the book.
   */
  decided(before: CallState, after: CallState, event: CallEvent): void
}

/** What the greeting of a call depends on. */
export interface CallGreetingParts {
  readonly facts: CallFacts
  readonly mode: Mode
  readonly defaultVoice: string
  /** Recorded greetings; without them the model speaks every greeting. */
  readonly greetings?: GreetingBook | undefined
  readonly briefing: Promise<Briefing>
  readonly story: Pick<Story, 'insertItem' | 'transcript' | 'heardText'>
  dispatch(event: CallEvent): void
  observe(notice: CallNotice): void
}

/** Whether recordings are used for this call. The greeting of an outbound call is made for one person. */
const mayUseRecordings = ({ direction }: CallFacts): boolean => direction === 'inbound'

/** Looks for a recording of the call's greeting as soon as its words are known, and reports `greetingFound`. */
export const createCallGreeting = (parts: CallGreetingParts): CallGreeting => {
  const { facts, mode, defaultVoice, greetings, briefing, story, dispatch, observe } = parts
  const tap = createGreetingTap()
  let wanted: WantedGreeting | undefined
  let recording: Phrase | undefined
  let played = 0
  /** The model may have heard the caller before it had made all of the greeting: it speaks as one of them wants it to. */
  let isInfluenced = false

  const find = ({ greeting: text, greetsAnybody = false }: Briefing): void => {
    if (!greetings || text === undefined || !greetsAnybody) return
    const { name, promptVersion, wishes } = mode
    const voice = mode.voice ?? defaultVoice
    wanted = { mode: name, promptVersion, tuning: mergeTuning(wishes.suits, wishes.set), voice, text }
    recording = greetings.find(wanted)
    if (recording) dispatch({ type: 'greetingFound' })
  }
  // A briefing that fails is reported by the model's leg.
  if (greetings && mode.greets && mode.recordsGreeting && mayUseRecordings(facts)) briefing.then(find, () => undefined)

  return {
    tap,
    get mayRecord() {
      return wanted !== undefined && recording === undefined
    },
    play() {
      if (!recording) return undefined
      const itemId = greetingId(++played)
      story.insertItem(itemId, 'assistant')
      story.transcript(itemId, 'assistant', recording.text)
      return { ...recording, itemId }
    },
    said: () =>
      Array.from({ length: played }, (_, index) => story.heardText(greetingId(index + 1))).filter(
        (text) => text !== '',
      ),
    decided(before, after, event) {
      if (after.greetingBegun && !before.greetingBegun)
        observe({ type: 'greeting', source: after.greeting === 'playing' ? 'recording' : 'model' })
      if (event.type === 'speechStarted' && !tap.isComplete) isInfluenced = true
      if (before.greeting !== 'asked' || after.greeting === 'asked') return
      const take = event.type === 'playedOut' && after.greeting === 'heard' ? tap.take() : undefined
      // Else the audio of every greeting that was interrupted would be kept for as long as the call lasts.
      tap.drop()
      if (take && wanted && !isInfluenced) greetings?.offer({ ...wanted, ...take })
    },
  }
}
