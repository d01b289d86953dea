import type { RingChoices } from '@llc-phone/virtual-carrier/line-protocol'
import { Grip, Mic, MicOff, PhoneOff } from 'lucide-react'
import { useState } from 'react'
import { assistantName } from '../assistant-name.ts'
import { clockText } from '../figures.ts'
import { useSeconds } from '../use-now.ts'
import { isAnswered, isUp, type SoftphoneCall } from './call-state.ts'
import { Keypad } from './keypad.tsx'
import { LevelMeters } from './level-meters.tsx'
import { PersonsChoice } from './persons-choice.tsx'
import { phone } from './phone.ts'
import { SayLine } from './say-line.tsx'
import style from './softphone.module.css'
import { SoundSettings } from './sound-settings.tsx'
import { TranscriptView } from './transcript-view.tsx'
import { costSentence, stateWords } from './softphone-words.ts'

const Timer = ({ fromMs, toMs }: { fromMs: number; toMs: number | undefined }) => {
  const now = useSeconds()
  return <time>{clockText((toMs ?? Math.max(now, fromMs)) - fromMs)}</time>
}

/** The state of the call in words, for how long, and what it rings. */
export const CallState = ({ call }: { call: SoftphoneCall }) => (
  <p className={style.state}>
    <span className={style.dot} data-state={call.phase} aria-hidden="true" />
    {call.liveAtMs === undefined ? null : (
      <>
        <Timer fromMs={call.liveAtMs} toMs={call.endedAtMs} />{' '}
      </>
    )}
    <output>{stateWords(call)}</output> <span className={style.quiet}>{assistantName(call.order?.ring ?? '')}</span>
  </p>
)

/** Mute and hang up: what a telephone has at hand whatever else it shows. */
export const CallButtons = ({ call }: { call: SoftphoneCall }) => (
  <>
    <button
      type="button"
      aria-pressed={call.isMuted}
      disabled={call.mouth?.kind !== 'microphone'}
      onClick={() => phone.mute(!call.isMuted)}
    >
      {call.isMuted ? <MicOff aria-hidden="true" size={18} /> : <Mic aria-hidden="true" size={18} />}
      {call.isMuted ? 'Muted' : 'Mute'}
    </button>
    <button type="button" className="danger" onClick={() => phone.hangUp()}>
      <PhoneOff aria-hidden="true" size={18} /> Hang up
    </button>
  </>
)

const Questions = ({ call }: { call: SoftphoneCall }) => (
  <>
    {call.needsClick ? (
      <div className={style.row}>
        <p className={style.quiet}>This browser plays sound only after a click.</p>
        <button type="button" className="primary" onClick={() => void phone.allowSound()}>
          Play the sound
        </button>
      </div>
    ) : null}
    {call.phase === 'asking' && !call.isChecking && !call.needsClick ? (
      <div className={style.row}>
        <p className={style.quiet}>Allow the microphone in the question of your browser.</p>
        <button type="button" onClick={() => phone.typeInstead()}>
          Type instead
        </button>
      </div>
    ) : null}
    {call.problem ? (
      <p className={style.alert}>
        {call.problem.message} <code>{call.problem.code}</code>
      </p>
    ) : null}
  </>
)

/** A call that is up. */
export const CallView = ({ call, choices }: { call: SoftphoneCall; choices: RingChoices | undefined }) => {
  const [isKeypadOpen, setIsKeypadOpen] = useState(false)
  return (
    <>
      <div className={style.status}>
        <CallState call={call} />
        <div className={style.row}>
          <button
            type="button"
            aria-expanded={isKeypadOpen}
            disabled={!isAnswered(call)}
            onClick={() => setIsKeypadOpen(!isKeypadOpen)}
          >
            <Grip aria-hidden="true" size={18} /> Keypad
          </button>
          <CallButtons call={call} />
        </div>
      </div>
      <LevelMeters />
      <Questions call={call} />
      {isKeypadOpen && isAnswered(call) ? <Keypad /> : null}
      <TranscriptView isUp={isUp(call)} />
      <SayLine call={call} canSpeak={choices?.canSpeak ?? true} />
      <SoundSettings call={call} />
      {call.order ? <PersonsChoice value={call.order.persons} change={(to) => phone.persons(to)} /> : null}
      {choices && !choices.model.isSimulated ? <p className={style.quiet}>{costSentence(choices.model)}</p> : null}
    </>
  )
}
