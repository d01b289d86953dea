/** The voices that are heard on the lines of the stand-in. */
import type { Voices } from '@llc-phone/virtual-carrier/world'
import { speakAsCaller } from '../speech/caller-lines.ts'
import { speak, type Voice } from '@llc-phone/virtual-carrier/voice'

const SAY_VOICE: Voice = 'awb'
const CALLER_VOICE: Voice = 'rms'

/** Real voices without a network; a name that is none of theirs is refused when it is spoken. */
export const simVoices: Voices = {
  speak: (text) => speak(text, SAY_VOICE),
  speakAsCaller: (text, voice = CALLER_VOICE) => speakAsCaller(text, voice as Voice),
}
