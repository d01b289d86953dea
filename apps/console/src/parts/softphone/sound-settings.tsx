import { useId, useSyncExternalStore } from 'react'
import type { SoundChoice } from './audio/echo.ts'
import type { SoftphoneCall } from './call-state.ts'
import { remembered } from './device-memory.ts'
import { phone } from './phone.ts'
import style from './softphone.module.css'
import { SOUND_CHOICES, TYPING_REASONS } from './softphone-words.ts'

const CHOICES = Object.entries(SOUND_CHOICES) as [SoundChoice, (typeof SOUND_CHOICES)[SoundChoice]][]

const Devices = ({ input }: { input: string }) => {
  const { inputs, outputs } = useSyncExternalStore(phone.devices.subscribe, phone.devices.get)
  return (
    <div className={style.devices}>
      {inputs.length > 1 ? (
        <label>
          Microphone
          <select value={input} onChange={({ target }) => void phone.chooseInput(target.value)}>
            {inputs.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {outputs.length > 1 ? (
        <label>
          Heard from
          <select defaultValue={remembered().output} onChange={({ target }) => phone.chooseOutput(target.value)}>
            {outputs.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  )
}

/** How the person speaks and hears: shown, and to be changed in the call. */
export const SoundSettings = ({ call }: { call: SoftphoneCall }) => {
  const group = useId()
  const { mouth } = call
  if (!mouth) return null
  if (mouth.kind === 'typing')
    return (
      <div className={style.row}>
        <p className={style.quiet}>{TYPING_REASONS[mouth.reason]}</p>
        {mouth.reason === 'insecure' ? null : (
          <button type="button" onClick={() => void phone.speakInstead()}>
            Use the microphone
          </button>
        )}
      </div>
    )
  return (
    <details className={style.settings}>
      <summary>
        Sound: {SOUND_CHOICES[mouth.choice].name.toLowerCase()}
        {mouth.choice === 'takeTurns' ? ', so you cannot interrupt' : ''}
      </summary>
      {CHOICES.map(([choice, { name, help }]) => (
        <label key={choice} className={style.option}>
          <input
            type="radio"
            name={group}
            checked={mouth.choice === choice}
            onChange={() => void phone.choose(choice)}
          />
          <span>
            {name} <span className={style.quiet}>{help}</span>
          </span>
        </label>
      ))}
      <Devices input={mouth.deviceId} />
      <button type="button" onClick={() => phone.typeInstead()}>
        Type instead
      </button>
    </details>
  )
}
